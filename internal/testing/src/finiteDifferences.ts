import { grad, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';

export interface FiniteDifferenceOptions {
  /**
   * How far each element is moved to either side. The error of a central difference is h²/6 · f‴ from the curvature
   * plus about 6e-8 · |f| / h from float32: 1e-2 balances the two for smooth functions near 1. A function that is
   * linear in each element has no curvature, so a large step is exact there.
   */
  readonly step?: number;
  /** Which inputs to check, by position; all of them by default. */
  readonly inputs?: readonly number[];
}

/** What the gradient and the finite differences of one input say. */
export interface GradientComparison {
  readonly input: number;
  readonly gradient: Float32Array;
  readonly differences: Float64Array;
  /** The largest difference between the two, relative to the largest element of either, which counts as 0.1 at least. */
  readonly error: number;
}

/**
 * Compares the registered gradients of `f` with central differences.
 *
 * `f` is made a number by a weighted sum of its output with fixed weights of both signs, summed in float64 so that
 * the differences carry the rounding of the output's elements alone.
 *
 * @param f Any function of float32 tensors with one tensor as its result.
 * @param inputs The point at which to compare; elements should lie further from any kink than the step.
 */
export function compareWithFiniteDifferences(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  { step = 1e-2, inputs: checked = inputs.map((_, i) => i) }: FiniteDifferenceOptions = {},
): GradientComparison[] {
  return checked.map((index) => {
    // One input at a time: an operation must not need the gradients of its other inputs.
    const at = (x: Tensor): Tensor => f(...inputs.map((other, i) => (i === index ? x : other)));
    const evaluate = (values: Float32Array): Float32Array =>
      tidy(() => at(tensor(values, inputs[index]!.shape, 'float32')).dataSync() as Float32Array).slice();

    const values = inputs[index]!.dataSync() as Float32Array;
    const differences = Float64Array.from(values, (value, i) => {
      const [up, down] = [values.slice(), values.slice()];
      up[i] = value + step;
      down[i] = value - step;
      const [above, below] = [evaluate(up), evaluate(down)];
      let change = 0;
      for (let j = 0; j < above.length; j++) change += weight(j) * (above[j]! - below[j]!);
      // The distance that float32 really kept, not the one that was asked for.
      return change / (up[i]! - down[i]!);
    });

    const gradient = tidy(() => {
      const { shape, size } = at(inputs[index]!);
      const weights = tensor(
        Float32Array.from({ length: size }, (_, j) => weight(j)),
        shape,
        'float32',
      );
      return grad(at)(inputs[index]!, weights).dataSync() as Float32Array;
    }).slice();

    let [scale, worst] = [0.1, 0];
    for (let i = 0; i < values.length; i++) {
      scale = Math.max(scale, Math.abs(differences[i]!), Math.abs(gradient[i]!));
      const distance = Math.abs(differences[i]! - gradient[i]!);
      worst = Math.max(worst, Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance);
    }
    return { input: index, gradient, differences, error: worst / scale };
  });
}

/** Weights between 0.5 and 1.5 in size, of both signs, without a period that a shape could share. */
const weight = (j: number): number => (0.5 + ((j * 0.6180339887498949) % 1)) * (j % 3 === 1 ? -1 : 1);
