import { engine, getBackend, getKernel, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { add, run } from '../gradients/kernels.js';
import { runTaped } from '../gradients/tape.js';
import { asType } from './asType.js';

/** The activations that a product applies as it writes its result; `leakyRelu` has the slope 0.2 below zero. */
export type FusedActivation = 'linear' | 'relu' | 'relu6' | 'leakyRelu' | 'elu' | 'sigmoid' | 'tanh';

/** What the products of this folder do to their result: `activation(product + bias)`. */
export interface BiasActivation {
  /** One number for each index of the last axis. */
  readonly bias?: Tensor | undefined;
  /** Default `linear`. */
  readonly activation?: FusedActivation;
}

/** How a convolution of images slides; channels are last. */
export interface ConvolutionOptions extends BiasActivation {
  /** Default 1. */
  readonly strides?: readonly [number, number];
  /** Default `valid`. */
  readonly padding?: 'valid' | 'same';
  /** Default 1. */
  readonly dilationRate?: readonly [number, number];
}

/** The kernels of products with bias and activation, and those of the products alone. */
const products = {
  _FusedMatMul: 'BatchMatMul',
  FusedConv2D: 'Conv2D',
  GroupedConv2D: 'Conv2D',
  FusedDepthwiseConv2D: 'DepthwiseConv2dNative',
} as const;

const activate = (name: FusedActivation, x: Tensor): Tensor =>
  name === 'linear' ? x : run(name[0]!.toUpperCase() + name.slice(1), { x }, { alpha: 0.2 });

/** Runs a kernel that multiplies, adds the bias and applies the activation, in one pass over memory. */
export function withBiasActivation(
  kernel: keyof typeof products,
  operands: Readonly<Record<string, Tensor>>,
  attrs: object,
  { bias, activation = 'linear' }: BiasActivation,
): Tensor {
  const inputs: Record<string, Tensor> = {};
  for (const [name, x] of Object.entries(operands)) inputs[name] = asType(x, 'float32');
  // The tape does not see how the output that a fused kernel keeps depends on its inputs: see derivedFromOutput.
  if (engine().state.gradientDepth > 1) {
    const product = run(products[kernel], inputs, attrs);
    return activate(activation, bias === undefined ? product : add(product, bias));
  }
  if (bias !== undefined) inputs.bias = asType(bias, 'float32');
  // tfjs's fused kernels know no tanh; a backend that has ours for the gradient does.
  const apart = activation === 'tanh' && getKernel('BiasActivationGrad', getBackend()) === undefined;
  const product = (fused: string) => runTaped(kernel, inputs, { ...attrs, activation: fused, leakyreluAlpha: 0.2 });
  return apart ? tidy(() => activate(activation, product('linear'))) : product(activation.toLowerCase());
}

/** @throws ShapeError where not one window fits into the image. */
export function requireWindow(
  where: string,
  x: Tensor,
  filter: Tensor,
  { padding = 'valid', dilationRate = [1, 1] }: ConvolutionOptions,
): void {
  for (const axis of [0, 1] as const) {
    const reach = padding === 'same' ? 1 : (filter.shape[axis]! - 1) * dilationRate[axis] + 1;
    if (filter.shape[axis]! > 0 && x.shape[axis + 1]! >= reach) continue;
    const side = axis === 0 ? 'height' : 'width';
    throw new ShapeError({
      where,
      problem: 'the image is smaller than the window',
      expected: `a ${side} of at least ${reach}`,
      got: `x [${x.shape}], filter [${filter.shape}]`,
      mend: "feed larger images, make the window smaller, or use padding 'same'",
    });
  }
}

/** The attributes that the kernels of convolutions take. */
export function windowAttrs({
  strides = [1, 1],
  padding = 'valid',
  dilationRate = [1, 1],
}: ConvolutionOptions): object {
  return { strides, pad: padding, dataFormat: 'NHWC', dilations: dilationRate };
}
