import {
  StringToHashBucketFast,
  type StringToHashBucketFastAttrs,
  type StringToHashBucketFastInputs,
} from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { fingerprint64 } from './fingerprint64.js';

/** The bucket of each string: its fingerprint modulo their number. */
export const stringToHashBucketFast = /* @__PURE__ */ defineKernel<
  StringToHashBucketFastInputs,
  StringToHashBucketFastAttrs
>(StringToHashBucketFast, ({ inputs: { input }, attrs: { numBuckets }, engine }) => {
  const texts = engine.readSync(input.dataId) as Uint8Array[];
  const buckets = texts.map((bytes) => Number(fingerprint64(bytes) % BigInt(numBuckets)));
  return engine.makeOutput(input.shape, 'int32', null, Int32Array.from(buckets));
});
