import { nn, numpy as np, valueAndGrad } from '@jax-js/jax';
import type { Forward } from './models.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;

/** The rate of a step with both corrections of bias in it. */
export function learningRateAt(step: number): number {
  return (0.001 * Math.sqrt(1 - BETA_2 ** step)) / (1 - BETA_1 ** step);
}

/** Zeros like the parameters: Adam's means of gradients, or of their squares. */
export function freshSlots(parameters: np.Array[]): np.Array[] {
  return parameters.map(({ shape }) => np.zeros(shape));
}

/** Crossentropy, its gradient and a step of Adam in one function, for `jit` to compile as a whole. */
export function trainingStep(forward: Forward) {
  const lossOf = (parameters: np.Array[], x: np.Array, y: np.Array) =>
    np.mean(np.sum(nn.logSoftmax(forward(parameters, x)).mul(y), -1)).mul(-1);
  return (
    parameters: np.Array[],
    means: np.Array[],
    squares: np.Array[],
    rate: np.Array,
    x: np.Array,
    y: np.Array,
  ): [np.Array, np.Array[], np.Array[], np.Array[]] => {
    const [loss, gradients] = valueAndGrad(lossOf)(
      parameters.map((one) => one.ref),
      x,
      y,
    );
    const nextMeans = means.map((mean, i) => mean.mul(BETA_1).add(gradients[i]!.ref.mul(1 - BETA_1)));
    const nextSquares = squares.map((square, i) => {
      const gradient = gradients[i]!;
      return square.mul(BETA_2).add(gradient.ref.mul(gradient).mul(1 - BETA_2));
    });
    const next = parameters.map((parameter, i) =>
      parameter.sub(nextMeans[i]!.ref.mul(rate.ref).div(np.sqrt(nextSquares[i]!.ref).add(EPSILON))),
    );
    rate.dispose();
    return [loss, next, nextMeans, nextSquares];
  };
}
