import { ValueError } from '@espalier/core';
import type { KernelConfig, NamedAttrMap, ScatterNdAttrs, SparseToDenseAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { gatherNdConfig, sparseToDenseConfig, tensorScatterUpdateConfig } from '../../generated/tfjsKernels.js';
import { requireIndices } from '../checks.js';
import { defineKernel, type KernelCall } from '../defineKernel.js';
import { throughInt32 } from '../throughInt32.js';
import { scatterRowsConfig } from './scatterRows.js';

type Inputs = Readonly<Record<string, TensorInfo>>;
/** The name of the input with the indices, and the shape that they point into. */
type Where<Attrs> = (call: KernelCall<Inputs, Attrs>) => readonly [input: string, shape: readonly number[]];

/** tfjs's kernel, after a look at its indices: it would read or write outside the tensor, anywhere in the heap. */
function checked<Attrs>(config: KernelConfig, where: Where<Attrs>): KernelConfig {
  const widened = throughInt32(config);
  const { kernelFunc } = defineKernel<Inputs, Attrs>(config.kernelName, (call) => {
    const [input, shape] = where(call);
    const indices = call.inputs[input] as TensorInfo;
    requireIndices(config.kernelName, input, indices);
    // The last axis has one number for each axis of the target; indices of rank 0 or 1 into a vector have none.
    const depth = shape.length === 1 && indices.shape.length < 2 ? 1 : (indices.shape[indices.shape.length - 1] ?? 1);
    const values = call.engine.typedArrayFromHeap(indices);
    for (let i = 0; i < values.length; i++) {
      const limit = shape[i % depth] ?? 0;
      if (values[i]! >= 0 && values[i]! < limit) continue;
      throw new ValueError({
        where: config.kernelName,
        problem: `number ${i % depth} of index ${Math.floor(i / depth)} is out of range`,
        expected: `0 to ${limit - 1}, for axis ${i % depth} of [${shape}]`,
        got: String(values[i]),
      });
    }
    const { inputs, attrs, engine } = call;
    return widened.kernelFunc({ inputs, attrs: attrs as NamedAttrMap, backend: engine });
  });
  return { ...config, kernelFunc };
}

export const gatherNd = /* @__PURE__ */ checked(gatherNdConfig, ({ inputs }) => ['indices', inputs.params!.shape]);
export const scatterNd = /* @__PURE__ */ checked<ScatterNdAttrs>(scatterRowsConfig, ({ attrs }) => [
  'indices',
  attrs.shape,
]);
export const tensorScatterUpdate = /* @__PURE__ */ checked(tensorScatterUpdateConfig, ({ inputs }) => [
  'indices',
  inputs.tensor!.shape,
]);
export const sparseToDense = /* @__PURE__ */ checked<SparseToDenseAttrs>(sparseToDenseConfig, ({ attrs }) => [
  'sparseIndices',
  attrs.outputShape,
]);
