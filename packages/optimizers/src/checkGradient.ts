import { type Parameter, ShapeError, showShape, ValueError } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';

/** @throws ValueError where a gradient has no parameter, ShapeError where it has another shape: it would be broadcast. */
export function checkGradient(
  optimizer: string,
  path: string,
  gradient: Tensor,
  parameter: Parameter | undefined,
): void {
  if (parameter === undefined) {
    throw new ValueError({ where: path, problem: `${optimizer} was given a gradient without its parameter` });
  }
  const { shape } = gradient;
  if (shape.length === parameter.shape.length && shape.every((size, i) => size === parameter.shape[i])) return;
  throw new ShapeError({
    where: path,
    problem: 'the gradient has the wrong shape',
    expected: showShape(parameter.shape),
    got: showShape(shape),
  });
}
