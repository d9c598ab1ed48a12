import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';

interface Inputs {
  /** `[…, channels]` */
  readonly x: TensorInfo;
  readonly gamma?: TensorInfo;
  readonly beta?: TensorInfo;
}

/** Rows whose partial sums are made together: what they read stays in the first cache. Decided by the shape alone. */
function sizes({ shape }: TensorInfo) {
  const cols = shape[shape.length - 1]!;
  const size = sizeFromShape(shape);
  const rows = size === 0 ? 0 : size / cols;
  const blockRows = Math.max(8, Math.min(1024, Math.floor(8192 / Math.max(1, cols))));
  const blocks = Math.ceil(rows / blockRows);
  return { cols, rows, blockRows, blocks, tableBytes: blocks * Math.ceil(cols / 4) * 16 };
}

/** Normalises by the statistics of the batch; gives the value, what the gradient wants, the mean and the variance. */
export const batchNormalization = /* @__PURE__ */ defineKernel<Inputs, { epsilon: number }>(
  'BatchNormalization',
  ({ inputs: { x, gamma, beta }, attrs: { epsilon }, engine }) => {
    requireFloat32('BatchNormalization', { x, gamma, beta });
    const { cols, rows, blockRows, blocks, tableBytes } = sizes(x);
    const y = engine.makeOutput(x.shape, 'float32');
    const stats = engine.makeOutput([3, cols], 'float32');
    const mean = engine.makeOutput([cols], 'float32');
    const variance = engine.makeOutput([cols], 'float32');
    const partial = engine.scratch(Math.max(3 * tableBytes, 8 * cols));
    const [xAt, yAt, statsAt] = [engine.offset(x), engine.offset(y), engine.offset(stats)];
    const [gammaAt, betaAt] = [gamma, beta].map((tensor) => (tensor === undefined ? 0 : engine.offset(tensor)));

    engine.split('batchMoments', [xAt, partial, rows, cols, blockRows], blocks, grainOf(2 * blockRows * cols));
    const combined = [partial, statsAt, engine.offset(variance), rows, cols, blockRows, epsilon];
    engine.split('batchCombine', combined, cols, grainOf(8 * blocks));
    engine.simd.copyRows(statsAt, 0, engine.offset(mean), 0, 4 * cols, 0, 1, 0);
    engine.simd.batchTable(statsAt, gammaAt!, betaAt!, partial, cols);
    engine.split('batchScale', [xAt, yAt, statsAt, partial, cols], rows, grainOf(cols));
    return [y, stats, mean, variance];
  },
);

/** Normalises by given statistics, in one pass. */
export const frozenBatchNormalization = /* @__PURE__ */ defineKernel<
  Inputs & { mean: TensorInfo; variance: TensorInfo },
  { epsilon: number }
>('FrozenBatchNormalization', ({ inputs: { x, gamma, beta, mean, variance }, attrs: { epsilon }, engine }) => {
  requireFloat32('FrozenBatchNormalization', { x, gamma, beta, mean, variance });
  const { cols, rows } = sizes(x);
  const y = engine.makeOutput(x.shape, 'float32');
  const stats = engine.scratch(20 * cols);
  const table = stats + 12 * cols;
  const at = [x, y, mean, variance, gamma, beta].map((one) => (one === undefined ? 0 : engine.offset(one)));
  const [xAt, yAt, meanAt, varianceAt, gammaAt, betaAt] = at as [number, number, number, number, number, number];
  const values = new Float32Array(engine.heap.buffer, stats, 3 * cols);
  values.set(new Float32Array(engine.heap.buffer, meanAt, cols));
  values.fill(0, cols, 2 * cols);
  const variances = new Float32Array(engine.heap.buffer, varianceAt, cols);
  for (let i = 0; i < cols; i++) values[2 * cols + i] = 1 / Math.sqrt(variances[i]! + epsilon);
  engine.simd.batchTable(stats, gammaAt, betaAt, table, cols);
  engine.split('batchScale', [xAt, yAt, stats, table, cols], rows, grainOf(cols));
  return y;
});

export const batchNormalizationGrad = /* @__PURE__ */ defineKernel<
  Inputs & { dy: TensorInfo; kept0: TensorInfo },
  object
>('BatchNormalizationGrad', ({ inputs: { x, gamma, beta, dy, kept0 }, engine }) => {
  const { cols, rows, blockRows, blocks, tableBytes } = sizes(x);
  const dx = engine.makeOutput(x.shape, 'float32');
  const [dGamma, dBeta] = [engine.makeOutput([cols], 'float32'), engine.makeOutput([cols], 'float32')];
  const partial = engine.scratch(2 * tableBytes + 12 * cols);
  const table = partial + 2 * tableBytes;
  const [xAt, dyAt, stats] = [engine.offset(x), engine.offset(dy), engine.offset(kept0)];
  const gammaAt = gamma === undefined ? 0 : engine.offset(gamma);

  engine.split('batchGradSums', [xAt, dyAt, stats, partial, rows, cols, blockRows], blocks, grainOf(blockRows * cols));
  const combined = [partial, stats, gammaAt, engine.offset(dGamma), engine.offset(dBeta), table, rows, cols, blockRows];
  engine.split('batchGradCombine', combined, cols, grainOf(8 * blocks));
  engine.split('batchGradScale', [xAt, dyAt, engine.offset(dx), stats, table, cols], rows, grainOf(cols));
  const gradients = [dx];
  for (const [parameter, gradient] of [[gamma, dGamma] as const, [beta, dBeta] as const]) {
    if (parameter === undefined) engine.disposeData(gradient.dataId);
    else gradients.push(gradient);
  }
  return gradients;
});
