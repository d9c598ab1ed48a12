import type { Tensor } from '@tensorflow/tfjs-core';
import { complexProduct } from './complex.js';
import type { Gradient } from './Gradient.js';
import { add, clone, compare, div, fill, mul, neg, pow, run, select, square, sub, where, zeros } from './kernels.js';
import { unbroadcast } from './shapes.js';

type Rule = (dy: Tensor, a: Tensor, b: Tensor) => Tensor;

/** Sums what was broadcast to `to`'s shape; a factor that depends on `to` alone is cheaper after this than before. */
const onto = (to: Tensor, grad: Tensor): Tensor => unbroadcast(grad, to.shape);

/** ln a, with 0 where a is not positive: there aᵇ has no real derivative in b, or the derivative 0. */
const safeLog = (a: Tensor): Tensor => select(compare('Greater', a, 0), run('Log', { x: a }), zeros(a.shape));

/** b, with ∞ for 0: a quotient that was not used (`divNoNan`) must not make 0 / 0 of its gradient 0. */
const divisor = (b: Tensor): Tensor => select(compare('Equal', b, 0), fill(b.shape, Number.POSITIVE_INFINITY), b);

/** For each kernel the gradients of a and of b. */
const rules: Record<string, readonly [a: Rule, b: Rule]> = {
  Add: [(dy, a) => onto(a, clone(dy)), (dy, _, b) => onto(b, clone(dy))],
  Sub: [(dy, a) => onto(a, clone(dy)), (dy, _, b) => neg(onto(b, dy))],
  Multiply: [(dy, a, b) => onto(a, mul(dy, b)), (dy, a, b) => onto(b, mul(dy, a))],
  RealDiv: [
    (dy, a, b) => onto(a, div(dy, divisor(b))),
    (dy, a, b) => neg(div(onto(b, mul(dy, a)), square(divisor(b)))),
  ],
  Mod: [(dy, a) => onto(a, clone(dy)), (dy, a, b) => neg(onto(b, mul(dy, run('FloorDiv', { a, b }))))],
  Atan2: [
    (dy, a, b) => onto(a, mul(dy, div(b, add(square(a), square(b))))),
    (dy, a, b) => neg(onto(b, mul(dy, div(a, add(square(a), square(b)))))),
  ],
  SquaredDifference: [
    (dy, a, b) => onto(a, mul(dy, mul(sub(a, b), 2))),
    (dy, a, b) => onto(b, mul(dy, mul(sub(b, a), 2))),
  ],
  Pow: [
    // b aᵇ⁻¹, with the exponent 0 instead of −1 where b is 0, lest a = 0 give 0 · ∞.
    (dy, a, b) => onto(a, mul(dy, mul(b, pow(a, sub(b, where('NotEqual', b, 0)))))),
    (dy, a, b) => onto(b, mul(dy, mul(pow(a, b), safeLog(a)))),
  ],
  // Where both are equal the gradient goes to a, as in TensorFlow.
  Maximum: [
    (dy, a, b) => onto(a, mul(dy, where('GreaterEqual', a, b))),
    (dy, a, b) => onto(b, mul(dy, where('Less', a, b))),
  ],
  Minimum: [
    (dy, a, b) => onto(a, mul(dy, where('LessEqual', a, b))),
    (dy, a, b) => onto(b, mul(dy, where('Greater', a, b))),
  ],
};

/** Functions of two tensors, element by element, with broadcasting. */
export const elementwiseBinary = (): Gradient[] => [
  ...Object.entries(rules).map(([kernelName, [ofA, ofB]]) => ({
    kernelName,
    inputsToSave: ['a', 'b'],
    takesComplex: kernelName === 'Multiply',
    gradFunc: (dy: Tensor, [a, b]: [Tensor, Tensor]) =>
      a.dtype === 'complex64' && kernelName === 'Multiply'
        ? complexProduct(dy, a, b)
        : { a: () => ofA(dy, a, b), b: () => ofB(dy, a, b) },
  })),
  {
    kernelName: 'AddN',
    saveAllInputs: true,
    gradFunc: (dy: Tensor, terms: Tensor[]) => Object.fromEntries(terms.map((_, i) => [i, () => clone(dy)])),
  },
];
