import type { ScatterNdAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { scatterNdConfig } from '../../generated/tfjsKernels.js';
import { instead } from '../defineKernel.js';
import { segmentSum } from './segmentSum.js';

/** ScatterND; whole rows of floats, as in the gradient of an embedding, are divided among threads. */
export const scatterRowsConfig = /* @__PURE__ */ instead(scatterNdConfig, (call) => {
  const { indices, updates } = call.inputs as { indices: TensorInfo; updates: TensorInfo };
  const { shape } = call.attrs as unknown as ScatterNdAttrs;
  if (updates.dtype !== 'float32' || indices.shape.length < 2 || indices.shape.at(-1) !== 1) {
    return scatterNdConfig.kernelFunc(call);
  }
  const engine = call.backend as WasmEngine;
  const out = engine.makeOutput(shape, 'float32');
  segmentSum(engine, updates, indices, out);
  return out;
});
