import { StaticRegexReplace, type StaticRegexReplaceAttrs, type StaticRegexReplaceInputs } from '@tensorflow/tfjs-core';
import { decodeString, encodeString } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';

/** Each string with what matches `pattern` replaced by `rewrite`: the first match, or every one. */
export const staticRegexReplace = /* @__PURE__ */ defineKernel<StaticRegexReplaceInputs, StaticRegexReplaceAttrs>(
  StaticRegexReplace,
  ({ inputs: { x }, attrs: { pattern, rewrite, replaceGlobal }, engine }) => {
    const matcher = new RegExp(pattern, replaceGlobal ? 'g' : '');
    const texts = (engine.readSync(x.dataId) as Uint8Array[]).map((bytes) => decodeString(bytes));
    const values = texts.map((text) => encodeString(text.replace(matcher, rewrite)));
    return engine.makeOutput(x.shape, 'string', null, values);
  },
);
