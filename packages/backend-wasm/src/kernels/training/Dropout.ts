import type { DropoutAttributes } from '@espalier/core';
import type { UnaryInputs } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { BLOCK, GRAIN } from '../elementwise/unary.js';

/** x with a random part set to 0, and the rest scaled so that the mean stays; `assembly/dropout.ts`. */
export const dropout = /* @__PURE__ */ defineKernel<UnaryInputs, DropoutAttributes>(
  'Dropout',
  ({ inputs: { x }, attrs: { rate, seed }, engine }) => {
    requireFloat32('Dropout', { x });
    const count = sizeFromShape(x.shape);
    const out = engine.makeOutput(x.shape, 'float32');
    const numbers = [count, ...seed, Math.floor(rate * 2 ** 32), 1 / (1 - rate)];
    engine.split(
      'dropout',
      [engine.offset(x), engine.offset(out), ...numbers],
      Math.ceil(count / BLOCK),
      GRAIN.fast / 4,
      16,
    );
    return out;
  },
);
