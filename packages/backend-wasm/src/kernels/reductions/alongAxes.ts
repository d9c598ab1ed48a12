import { requireSome } from '@espalier/core';
import {
  All,
  Any,
  type KernelConfig,
  Max,
  Mean,
  Min,
  Prod,
  Sum,
  type TensorInfo,
  type UnaryInputs,
} from '@tensorflow/tfjs-core';
import { parseAxisParam, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireDistinct } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { reduceOver } from './reduceOver.js';

/** tfjs's attributes of reductions: that of the maximum has a name of its own. */
interface Attrs {
  readonly axis?: number | number[];
  readonly reductionIndices?: number | number[];
  readonly keepDims: boolean;
}

function along(kernel: string, op: 'sum' | 'prod' | 'max' | 'min', nothing?: number): KernelConfig {
  return defineKernel<UnaryInputs, Attrs>(
    kernel,
    ({ inputs: { x }, attrs: { axis, reductionIndices, keepDims }, engine }): TensorInfo => {
      const axes = parseAxisParam((axis ?? reductionIndices)!, x.shape);
      requireDistinct(kernel, axes);
      if (kernel === Max || kernel === Min) requireSome(kernel, x.shape, axes);
      const counted = x.dtype === 'bool' && (op === 'sum' || op === 'prod');
      const numbers = castTo(engine, x, kernel === Mean ? 'float32' : counted ? 'int32' : x.dtype);
      const count = kernel === Mean ? sizeFromShape(axes.map((one) => x.shape[one]!)) : 1;
      const out = reduceOver(engine, op, numbers, axes, keepDims, count, nothing);
      engine.disposeData(numbers.dataId);
      return out;
    },
  );
}

/**
 * Sums keep seven digits whatever the count, where tfjs's own lose two over a million terms. The mean is float32 whatever the
 * input, and of nothing it is NaN. Of truths, all is the smallest and any the largest; of none, all is true and any false.
 */
export const alongAxes: readonly KernelConfig[] = [
  along(All, 'min', 1),
  along(Any, 'max', 0),
  along(Max, 'max'),
  along(Mean, 'sum'),
  along(Min, 'min'),
  along(Prod, 'prod'),
  along(Sum, 'sum'),
];
