import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ComplexParts } from '../../engine/TensorRecord.js';
import type { WasmEngine } from '../../engine/WasmEngine.js';

/** The two parts of a complex tensor, in its shape. They stay the tensor's own. */
export function partsOf(engine: WasmEngine, z: TensorInfo): ComplexParts {
  const { real, imag } = engine.dataIdMap.get(z.dataId).complexTensorInfos as ComplexParts;
  return { real: { ...real, shape: z.shape }, imag: { ...imag, shape: z.shape } };
}

/** A tensor of its own with the same values. */
export function copyOf(engine: WasmEngine, x: TensorInfo): TensorInfo {
  const out = engine.makeOutput(x.shape, x.dtype);
  engine.typedArrayFromHeap(out).set(engine.typedArrayFromHeap(x));
  return out;
}

/** A float32 tensor of one value. */
export function filled(engine: WasmEngine, shape: number[], value: number): TensorInfo {
  const out = engine.makeOutput(shape, 'float32');
  engine.typedArrayFromHeap(out).fill(value);
  return out;
}
