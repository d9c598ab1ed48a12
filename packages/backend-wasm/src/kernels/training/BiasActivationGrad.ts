import { BackendError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { ACTIVATIONS } from '../epilogue.js';
import { grainOf } from '../grain.js';

interface Inputs {
  readonly dy: TensorInfo;
  /** What came out of the activation. */
  readonly y: TensorInfo;
}

interface Attrs {
  readonly activation: string;
  readonly leakyreluAlpha?: number;
}

/** Rows summed in float32; their sums are added in float64. */
const BLOCK_ROWS = 64;

/**
 * The gradient of `activation(z + bias)` given its output: of the bias, one number for each index of the last axis, and of
 * z. With the activation `linear` the second is dy itself and is left out.
 */
export const biasActivationGrad = /* @__PURE__ */ defineKernel<Inputs, Attrs>(
  'BiasActivationGrad',
  ({ inputs: { dy, y }, attrs: { activation, leakyreluAlpha = 0.2 }, engine }) => {
    const kernel = 'BiasActivationGrad';
    requireFloat32(kernel, { dy, y });
    requireShape(kernel, 'dy', y.shape, dy.shape);
    const code = ACTIVATIONS[activation];
    if (code === undefined || activation === 'prelu') {
      throw new BackendError({
        where: kernel,
        problem: 'the slope of this activation does not follow from its output',
        got: activation,
      });
    }
    const cols = y.shape[y.shape.length - 1] ?? 1;
    const rows = cols === 0 ? 0 : sizeFromShape(y.shape) / cols;
    const blocks = Math.ceil(rows / BLOCK_ROWS);
    const dBias = engine.makeOutput([cols], 'float32');
    const dz = code === 0 ? undefined : engine.makeOutput(y.shape, 'float32');
    const to = engine.offset(dBias);
    const partial = blocks === 1 ? to : engine.scratch(4 * blocks * cols);
    const at = [engine.offset(dy), engine.offset(y), dz === undefined ? 0 : engine.offset(dz), partial];
    const args = [...at, rows, cols, BLOCK_ROWS, code, leakyreluAlpha];
    engine.split('biasActivationGrad', args, blocks, grainOf(3 * BLOCK_ROWS * cols));
    if (blocks !== 1) engine.split('sumBlocks', [partial, to, blocks, cols], cols, grainOf(blocks));
    return dz === undefined ? [dBias] : [dBias, dz];
  },
);
