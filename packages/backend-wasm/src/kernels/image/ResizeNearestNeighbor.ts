import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { resizeNearestNeighborConfig } from '../../generated/tfjsKernels.js';
import { instead } from '../defineKernel.js';

/** tfjs's kernel, which makes floats of integers, moving the bits of integers as they are. */
export const resizeNearestNeighbor = /* @__PURE__ */ instead(resizeNearestNeighborConfig, (call) => {
  const images = call.inputs.images as TensorInfo;
  if (images.dtype !== 'int32') return resizeNearestNeighborConfig.kernelFunc(call);
  const engine = call.backend as WasmEngine;
  const floats = moved(engine, images, 'float32');
  const resized = resizeNearestNeighborConfig.kernelFunc({ ...call, inputs: { images: floats } }) as TensorInfo;
  const out = moved(engine, resized, 'int32');
  for (const { dataId } of [floats, resized]) engine.disposeData(dataId);
  return out;
});

/** The bits of x under another type. */
function moved(engine: WasmEngine, x: TensorInfo, dtype: 'float32' | 'int32'): TensorInfo {
  const out = engine.makeOutput(x.shape, dtype);
  const [from, to] = [x, out].map((tensor) => engine.typedArrayFromHeap({ ...tensor, dtype: 'int32' }));
  to!.set(from!);
  return out;
}
