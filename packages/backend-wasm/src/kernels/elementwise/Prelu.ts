import { Prelu, type PreluInputs, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { multiplyConfig } from '../../generated/tfjsKernels.js';
import { requireFloat32 } from '../checks.js';
import { callKernel, defineKernel } from '../defineKernel.js';

/** x where it is not negative, else alpha x; alpha broadcasts to x. */
export function preluOf(engine: WasmEngine, x: TensorInfo, alpha: TensorInfo): TensorInfo {
  const out = callKernel(multiplyConfig, engine, { a: x, b: alpha });
  const at = engine.offset(out);
  engine.simd.keepPositive(engine.offset(x), at, at, util.sizeFromShape(x.shape));
  return out;
}

/** tfjs's own keeps a copy of alpha by tensor, so it misses changes in place. */
export const prelu = defineKernel<PreluInputs, object>(Prelu, ({ inputs: { x, alpha }, engine }) => {
  requireFloat32(Prelu, { x, alpha });
  return preluOf(engine, x, alpha);
});
