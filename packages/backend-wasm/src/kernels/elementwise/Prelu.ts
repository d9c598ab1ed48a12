import { Prelu, type PreluInputs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { assertAndGetBroadcastShape, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { applyBinary } from './binary.js';
import { BINARY } from './codes.js';

/** x where it is not negative, else alpha x; alpha broadcasts to x. */
export function preluOf(engine: WasmEngine, x: TensorInfo, alpha: TensorInfo): TensorInfo {
  const shape = assertAndGetBroadcastShape(x.shape, alpha.shape);
  requireShape(Prelu, 'x, broadcast with alpha,', x.shape, shape);
  const out = applyBinary(engine, BINARY.mul, x, alpha);
  const at = engine.offset(out);
  engine.simd.keepPositive(engine.offset(x), at, at, sizeFromShape(x.shape));
  return out;
}

/** tfjs's own keeps a copy of alpha by tensor, so it misses changes in place. */
export const prelu = /* @__PURE__ */ defineKernel<PreluInputs, object>(Prelu, ({ inputs: { x, alpha }, engine }) => {
  requireFloat32(Prelu, { x, alpha });
  return preluOf(engine, x, alpha);
});
