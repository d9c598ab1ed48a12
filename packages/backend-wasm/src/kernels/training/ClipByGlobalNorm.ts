import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { GRAIN, parameterTable } from './parameterTable.js';

/**
 * All tensors of a list times min(1, norm / n), n = √Σ x² over all of them, added in float64; all NaN where n is not finite.
 */
export const clipByGlobalNorm = /* @__PURE__ */ defineKernel<Record<number, TensorInfo>, { norm: number }>(
  'ClipByGlobalNorm',
  ({ inputs, attrs: { norm }, engine }) => {
    const tensors = Object.values(inputs);
    const { address, blocks, behind } = parameterTable(
      engine,
      'ClipByGlobalNorm',
      tensors.map((tensor) => [tensor]),
      [],
      8,
    );
    engine.split('sumSquares', [address, behind], blocks, GRAIN);
    let total = 0;
    for (const partial of new Float64Array(engine.heap.buffer, behind, blocks)) total += partial;
    const size = Math.sqrt(total);
    if (size <= norm) return tensors.map((tensor) => castTo(engine, tensor, 'float32'));
    const outs = tensors.map(({ shape }) => engine.makeOutput(shape, 'float32'));
    const table = parameterTable(
      engine,
      'ClipByGlobalNorm',
      tensors.map((tensor, i) => [tensor, outs[i]!]),
    );
    engine.split('scaleAll', [table.address, size < Infinity ? norm / size : Number.NaN], table.blocks, GRAIN);
    return outs;
  },
);
