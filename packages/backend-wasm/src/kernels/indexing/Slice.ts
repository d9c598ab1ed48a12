import { Slice, type SliceAttrs, type SliceInputs, slice_util, type Tensor } from '@tensorflow/tfjs-core';
import { sliceConfig } from '../../generated/tfjsKernels.js';
import { callKernel, defineKernel } from '../defineKernel.js';
import { copyBox } from './copyBox.js';

/** A box out of a tensor. */
export const slice = defineKernel<SliceInputs, SliceAttrs>(Slice, ({ inputs: { x }, attrs, engine }) => {
  if (x.dtype === 'string') return callKernel(sliceConfig, engine, { x }, { ...attrs });
  const [begin = [], size = []] = slice_util.parseSliceParams(x as Tensor, attrs.begin, attrs.size);
  slice_util.assertParamsValid(x as Tensor, begin, size);
  return copyBox(engine, x, begin, size);
});
