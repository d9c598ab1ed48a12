import { engine, getBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';
import { convolutions } from './convolution.js';
import type { Gradient } from './Gradient.js';
import { add, minimum, mul, reshape, run, square, step, sub, sum } from './kernels.js';
import { matMul } from './matMul.js';
import { product } from './shapes.js';

interface FusedAttrs {
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

/** dy f'(x) from y = f(x), by the names that fused kernels have for activations. */
const slopes: Readonly<Record<string, (dy: Tensor, y: Tensor, alpha: number) => Tensor>> = {
  relu: (dy, y) => mul(dy, step(y)),
  relu6: (dy, y) => mul(dy, step(mul(y, sub(6, y)))),
  elu: (dy, y) => mul(dy, add(minimum(y, 0), 1)),
  sigmoid: (dy, y) => mul(dy, sub(y, square(y))),
  leakyrelu: (dy, y, alpha) => mul(dy, step(y, alpha)),
};

/**
 * The gradients behind activation and bias: of the product, at once, since every gradient wants it, and of the bias,
 * maybe later.
 */
function behind(dy: Tensor, y: Tensor, { activation = 'linear', leakyreluAlpha = 0.2 }: FusedAttrs) {
  const columns = y.shape[y.rank - 1]!;
  // A gradient that is itself differentiated is made of operations that the tape knows.
  const recorded = engine().state.gradientDepth > 0;
  if (!recorded && getKernel('BiasActivationGrad', getBackend()) !== undefined) {
    const both = () => run<Tensor[]>('BiasActivationGrad', { dy, y }, { activation, leakyreluAlpha });
    if (activation === 'linear') return { dz: dy, bias: () => both()[0]! };
    const [dBias, dz] = both() as [Tensor, Tensor];
    return { dz, bias: () => dBias };
  }
  const slope = slopes[activation];
  if (slope === undefined && activation !== 'linear') {
    throw new ValueError({
      where: 'gradient of a fused product',
      problem: 'the slope of this activation does not follow from its output',
      expected: `linear, ${Object.keys(slopes).join(', ')}`,
      got: activation,
    });
  }
  const dz = slope === undefined ? dy : slope(dy, y, leakyreluAlpha);
  return { dz, bias: () => sum(reshape(dz, [product(y.shape) / Math.max(1, columns), columns]), [0]) };
}

const fusedNames: Readonly<Record<string, readonly string[]>> = {
  BatchMatMul: ['_FusedMatMul'],
  Conv2D: ['FusedConv2D', 'GroupedConv2D'],
  DepthwiseConv2dNative: ['FusedDepthwiseConv2D'],
};

/**
 * Products with bias and activation in the same kernel: the way back through activation and bias first, in one pass, then
 * that of the product alone. The bias is a row, `[columns]`.
 */
export const biasActivations = (): Gradient[] =>
  [...convolutions(), ...matMul()].flatMap(({ kernelName: plain, inputsToSave, gradFunc }) =>
    (fusedNames[plain] ?? []).map((kernelName) => ({
      kernelName,
      inputsToSave: inputsToSave!,
      outputsToSave: [true],
      gradFunc(dy: Tensor, [a, b, y]: [Tensor, Tensor, Tensor], attrs: FusedAttrs) {
        const { dz, bias } = behind(dy, y, attrs);
        return { ...gradFunc(dz, [a, b], attrs), bias };
      },
    })),
  );
