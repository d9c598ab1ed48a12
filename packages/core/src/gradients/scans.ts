import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { add, mul, pad, reverse, run, slice } from './kernels.js';
import { positive } from './shapes.js';

interface ScanAttrs {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Moves values `by` places, or out of the axis, towards its front; zeros follow. */
function advance(x: Tensor, axis: number, by: number): Tensor {
  const moved = x.shape.map((size, i) => (i === axis ? Math.min(by, size) : 0));
  const rest = x.shape.map((size, i) => size - moved[i]!);
  return pad(
    slice(x, moved, rest),
    moved.map((places) => [0, places]),
  );
}

/**
 * The gradient of yᵢ = x₀ ⋯ xᵢ. Element k gets (x₀ ⋯ xₖ₋₁) · sₖ, where sₖ = dyₖ + xₖ₊₁ · sₖ₊₁ runs from the back.
 * Nothing is divided by x, so zeros are harmless; the recurrence is solved by doubling, in log₂ n rounds.
 */
function cumulativeProduct(x: Tensor, dy: Tensor, axis: number): Tensor {
  let [s, factor] = [dy, advance(x, axis, 1)];
  for (let reach = 1; reach < x.shape[axis]!; reach *= 2) {
    s = add(s, mul(factor, advance(s, axis, reach)));
    factor = mul(factor, advance(factor, axis, reach));
  }
  return mul(s, run('Cumprod', { x }, { axis, exclusive: true, reverse: false }));
}

/** Running sums and products along an axis. */
export const scans = (): Gradient[] => [
  {
    kernelName: 'Cumsum',
    gradFunc: (dy: Tensor, _: Tensor[], attrs: ScanAttrs) => ({
      x: () => run('Cumsum', { x: dy }, { ...attrs, reverse: !attrs.reverse }),
    }),
  },
  {
    kernelName: 'Cumprod',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: ScanAttrs) => ({
      x: () => {
        const axis = positive(attrs.axis, x.rank);
        const turn = (t: Tensor): Tensor => (attrs.reverse ? reverse(t, [axis]) : t);
        const grad = turn(dy);
        return turn(cumulativeProduct(turn(x), attrs.exclusive ? advance(grad, axis, 1) : grad, axis));
      },
    }),
  },
];
