import type { Tensor } from '@tensorflow/tfjs-core';
import { type ConvolutionAttrs, dilationFolds, fold, foldedShape, unfold } from './dilation.js';
import type { Gradient } from './Gradient.js';
import { run } from './kernels.js';

/** The three kernels of one kind of convolution. */
interface Family {
  readonly forward: string;
  readonly toInput: string;
  readonly toFilter: string;
}

const families: readonly Family[] = [
  { forward: 'Conv2D', toInput: 'Conv2DBackpropInput', toFilter: 'Conv2DBackpropFilter' },
  {
    forward: 'DepthwiseConv2dNative',
    toInput: 'DepthwiseConv2dNativeBackpropInput',
    toFilter: 'DepthwiseConv2dNativeBackpropFilter',
  },
  { forward: 'Conv3D', toInput: 'Conv3DBackpropInputV2', toFilter: 'Conv3DBackpropFilterV2' },
];

const forward = ({ forward }: Family, x: Tensor, filter: Tensor, attrs: ConvolutionAttrs): Tensor =>
  run(forward, { x, filter }, { dilations: 1, ...attrs });

/** The adjoint of {@link forward} in x. */
function toInput({ toInput }: Family, dy: Tensor, filter: Tensor, x: Tensor, attrs: ConvolutionAttrs): Tensor {
  const folds = dilationFolds(x.shape, filter.shape, attrs);
  const inputShape = foldedShape(x.shape, folds);
  const dx = run(toInput, { dy: fold(dy, folds, true), filter }, { ...plain(attrs, folds), inputShape });
  return unfold(dx, folds);
}

/** The adjoint of {@link forward} in the filter. */
function toFilter({ toFilter }: Family, x: Tensor, dy: Tensor, filter: Tensor, attrs: ConvolutionAttrs): Tensor {
  const folds = dilationFolds(x.shape, filter.shape, attrs);
  const inputs = { x: fold(x, folds), dy: fold(dy, folds, true) };
  return run(toFilter, inputs, { ...plain(attrs, folds), filterShape: filter.shape });
}

/** What is left of the attributes once padding and dilation are folded away. */
const plain = (attrs: ConvolutionAttrs, folds: readonly unknown[]): ConvolutionAttrs => ({
  ...attrs,
  dilations: 1,
  ...(folds.length > 0 && { pad: 'valid' }),
});

/**
 * Convolutions. ⟨g, conv(x, w)⟩ is linear in each of x, w and g, and each kernel of a family is its derivative in one of
 * them, given the other two. So the gradients of all three kernels, transposed convolution among them, are those same
 * kernels, and a convolution can be differentiated as often as one likes.
 */
export const convolutions = (): Gradient[] =>
  families.flatMap((family) => [
    {
      kernelName: family.forward,
      inputsToSave: ['x', 'filter'],
      gradFunc: (dy: Tensor, [x, filter]: [Tensor, Tensor], attrs: ConvolutionAttrs) => ({
        x: () => toInput(family, dy, filter, x, attrs),
        filter: () => toFilter(family, x, dy, filter, attrs),
      }),
    },
    {
      kernelName: family.toInput,
      inputsToSave: ['dy', 'filter'],
      gradFunc: (dx: Tensor, [dy, filter]: [Tensor, Tensor], attrs: ConvolutionAttrs) => ({
        dy: () => forward(family, dx, filter, attrs),
        filter: () => toFilter(family, dx, dy, filter, attrs),
      }),
    },
    {
      kernelName: family.toFilter,
      inputsToSave: ['x', 'dy'],
      gradFunc: (dw: Tensor, [x, dy]: [Tensor, Tensor], attrs: ConvolutionAttrs) => ({
        x: () => toInput(family, dy, dw, x, attrs),
        dy: () => forward(family, x, dw, attrs),
      }),
    },
  ]);
