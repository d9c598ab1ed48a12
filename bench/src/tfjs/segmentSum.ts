import {
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  type TypedArray,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';

/** What is used here of tfjs's WASM backend. */
interface WasmBackend {
  readSync(dataId: object): TypedArray;
  makeOutput(shape: number[], dtype: 'float32'): { dataId: object; shape: number[]; dtype: 'float32' };
  typedArrayFromHeap(tensor: object): Float32Array;
}

/**
 * The one kernel that an embedding's gradient lacks on tfjs's WASM backend, as a plain loop: row i of the values is
 * added to row `segmentIds[i]` of the result. What a user of tfjs could add to be able to train there.
 */
export function registerSegmentSum(): void {
  const kernelFunc = (({ inputs, attrs, backend }) => {
    const { x, segmentIds } = inputs as unknown as Record<'x' | 'segmentIds', TensorInfo>;
    const { numSegments } = attrs as unknown as UnsortedSegmentSumAttrs;
    const wasm = backend as WasmBackend;
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = util.sizeFromShape(rest);
    const output = wasm.makeOutput([numSegments, ...rest], 'float32');
    const values = wasm.readSync(x.dataId);
    const ids = wasm.readSync(segmentIds.dataId);
    const sums = wasm.typedArrayFromHeap(output).fill(0);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row]!;
      if (id < 0) continue;
      for (let i = 0; i < width; i++) sums[id * width + i]! += values[row * width + i]!;
    }
    return output;
  }) as KernelFunc;
  registerKernel({ kernelName: UnsortedSegmentSum, backendName: 'wasm', kernelFunc });
}
