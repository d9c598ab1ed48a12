import type { Tensor } from '@tensorflow/tfjs-core';
import { type Derivative, derivedFromInput, derivedFromOutput } from './elementwise.js';
import type { Gradient } from './Gradient.js';
import { add, clone, div, exp, mul, neg, run, sqrt, square, sub, where } from './kernels.js';

/** ln(2 / √π) */
const logOfTwoOverRootPi = 0.12078223763524522;

const fromInput: Record<string, Derivative> = {
  Abs: (dy, x) => mul(dy, run('Sign', { x })),
  Acos: (dy, x) => neg(div(dy, sqrt(sub(1, square(x))))),
  Acosh: (dy, x) => div(dy, sqrt(sub(square(x), 1))),
  Asin: (dy, x) => div(dy, sqrt(sub(1, square(x)))),
  Asinh: (dy, x) => div(dy, sqrt(add(square(x), 1))),
  Atan: (dy, x) => div(dy, add(square(x), 1)),
  Atanh: (dy, x) => div(dy, sub(1, square(x))),
  // On a bound the gradient still passes, as in TensorFlow.
  ClipByValue: (dy, x, { clipValueMin, clipValueMax }: { clipValueMin: number; clipValueMax: number }) =>
    mul(dy, mul(where('GreaterEqual', x, clipValueMin), where('LessEqual', x, clipValueMax))),
  Cos: (dy, x) => neg(mul(dy, run('Sin', { x }))),
  Cosh: (dy, x) => mul(dy, run('Sinh', { x })),
  Erf: (dy, x) => mul(dy, exp(sub(logOfTwoOverRootPi, square(x)))),
  Log: (dy, x) => div(dy, x),
  Log1p: (dy, x) => div(dy, add(x, 1)),
  Sin: (dy, x) => mul(dy, run('Cos', { x })),
  Sinh: (dy, x) => mul(dy, run('Cosh', { x })),
  Square: (dy, x) => mul(dy, mul(x, 2)),
};

const fromOutput: Record<string, Derivative> = {
  Exp: mul,
  Expm1: (dy, y) => mul(dy, add(y, 1)),
  Reciprocal: (dy, y) => neg(mul(dy, square(y))),
  Rsqrt: (dy, y) => mul(dy, mul(mul(y, square(y)), -0.5)),
  Sqrt: (dy, y) => div(dy, mul(y, 2)),
  Tan: (dy, y) => mul(dy, add(square(y), 1)),
  Tanh: (dy, y) => mul(dy, sub(1, square(y))),
};

/** Elementary functions, element by element. */
export const elementwiseUnary = (): Gradient[] => [
  ...derivedFromInput(fromInput),
  ...derivedFromOutput(fromOutput),
  { kernelName: 'Neg', gradFunc: (dy: Tensor) => ({ x: () => neg(dy) }) },
  { kernelName: 'Identity', gradFunc: (dy: Tensor) => ({ x: () => clone(dy) }) },
];
