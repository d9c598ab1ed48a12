import type { Tensor } from '@tensorflow/tfjs-core';
import { type Derivative, derivedFromInput, derivedFromOutput } from './elementwise.js';
import type { Gradient } from './Gradient.js';
import { add, compare, exp, minimum, mul, run, select, square, step, sub, where } from './kernels.js';
import { unbroadcast } from './shapes.js';

const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** The slope of the argument z of GELU in its tanh form, x sigmoid(z): 2 √(2/π) and, at x², 3 · 0.044715 of it. */
const geluSlope = 2 * /* @__PURE__ */ Math.sqrt(2 / Math.PI);
const geluBend = 0.044715 * geluSlope;

/** s (1 + (1 − s) rest), the derivative of x s with s = sigmoid(z) and rest = x z′. */
const gated = (dy: Tensor, s: Tensor, rest: Tensor): Tensor => mul(dy, mul(s, add(mul(sub(1, s), rest), 1)));

const fromInput: Record<string, Derivative> = {
  Gelu: (dy, x) => {
    const below = mul(add(run('Erf', { x: mul(x, Math.SQRT1_2) }), 1), 0.5);
    const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(dy, add(below, mul(x, density)));
  },
  GeluTanh: (dy, x) => {
    const s = run('Sigmoid', { x: mul(x, add(mul(square(x), geluBend), geluSlope)) });
    return gated(dy, s, mul(x, add(mul(square(x), 3 * geluBend), geluSlope)));
  },
  Silu: (dy, x) => gated(dy, run('Sigmoid', { x }), x),
  LeakyRelu: (dy, x, { alpha }: { alpha: number }) => mul(dy, step(x, alpha)),
  Softplus: (dy, x) => mul(dy, run('Sigmoid', { x })),
};

// Written in terms of the output, which the next layer keeps anyway; at a kink the slope is the one from the left.
const fromOutput: Record<string, Derivative> = {
  Elu: (dy, y) => run('EluGrad', { dy, y }),
  Relu: (dy, y) => mul(dy, step(y)),
  // y (6 − y) is positive strictly between the two bounds only.
  Relu6: (dy, y) => mul(dy, step(mul(y, sub(6, y)))),
  // The slope is λ above zero and y + λα below.
  Selu: (dy, y) => mul(dy, add(minimum(y, 0), mul(step(y, seluAlpha), seluScale))),
  Sigmoid: (dy, y) => mul(dy, sub(y, square(y))),
};

/** Activation functions. */
export const activations = (): Gradient[] => [
  ...derivedFromInput(fromInput),
  ...derivedFromOutput(fromOutput),
  {
    kernelName: 'Prelu',
    inputsToSave: ['x', 'alpha'],
    gradFunc: (dy: Tensor, [x, alpha]: [Tensor, Tensor]) => ({
      x: () => select(compare('Greater', x, 0), dy, mul(dy, alpha)),
      alpha: () => unbroadcast(mul(dy, minimum(x, 0)), alpha.shape),
    }),
  },
  {
    // Elu's own derivative, so that Elu can be differentiated twice.
    kernelName: 'EluGrad',
    inputsToSave: ['dy', 'y'],
    gradFunc: (upstream: Tensor, [dy, y]: [Tensor, Tensor]) => ({
      dy: () => run('EluGrad', { dy: upstream, y }),
      y: () => mul(mul(upstream, dy), where('Less', y, 0)),
    }),
  },
];
