import { ShapeError } from './kinds.js';

/** @throws ShapeError where there is a tensor, known to the caller as `name`, and its shape is not exactly `expected`. */
export function requireShape(
  where: string,
  name: string,
  tensor: { readonly shape: readonly number[] } | undefined,
  expected: readonly (number | undefined)[],
): void {
  if (tensor === undefined) return;
  const { shape } = tensor;
  if (shape.length === expected.length && shape.every((size, axis) => size === expected[axis])) return;
  throw new ShapeError({
    where,
    problem: `${name} has the wrong shape`,
    expected: `[${expected}]`,
    got: `[${shape}]`,
  });
}
