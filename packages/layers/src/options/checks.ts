import { describeValue, nearestNames, type Shape, ShapeError, showShape, ValueError } from '@espalier/core';

/** @throws ValueError unless `value` is an integer of at least 1. */
export function positiveInteger(value: number, option: string, where: string): number {
  if (Number.isInteger(value) && value > 0) return value;
  throw new ValueError({ where, problem: `${option} must be a positive integer`, got: String(value) });
}

/**
 * A number stands for height and width alike.
 * @throws ValueError unless both are integers of at least 1.
 */
export function positivePair(value: number | readonly [number, number], option: string, where: string) {
  const pair: readonly number[] = typeof value === 'number' ? [value, value] : [...value];
  if (pair.length !== 2 || !pair.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ValueError({
      where,
      problem: `${option} must be one or two positive integers`,
      expected: 'height and width, [2, 2], or a number for both',
      got: `[${pair.map((size) => (typeof size === 'string' ? `'${size}'` : String(size))).join(', ')}]`,
    });
  }
  return [...pair] as [number, number];
}

/** @throws ValueError unless `value` is finite and at least `least`. */
export function atLeast(value: number, least: number, option: string, where: string): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw new ValueError({
    where,
    problem: `${option} is out of range`,
    expected: `a finite number, ${least} or more`,
    got: String(value),
  });
}

/** @throws ValueError unless `value` is finite. */
export function finite(value: number, option: string, where: string): number {
  if (Number.isFinite(value)) return value;
  throw new ValueError({ where, problem: `${option} must be a finite number`, got: String(value) });
}

/** @throws ValueError unless `min <= value <= max`. */
export function inClosedRange(value: number, min: number, max: number, option: string, where: string): number {
  if (value >= min && value <= max) return value;
  throw new ValueError({ where, problem: `${option} is out of range`, expected: `[${min}, ${max}]`, got: `${value}` });
}

/** @throws ValueError unless `min <= value < max`. */
export function inRange(value: number, min: number, max: number, option: string, where: string): number {
  if (value >= min && value < max) return value;
  throw new ValueError({ where, problem: `${option} is out of range`, expected: `[${min}, ${max})`, got: `${value}` });
}

/** @throws ValueError unless `value` is one of `known`. */
export function oneOf<T extends string>(value: T, known: readonly T[], option: string, where: string): T {
  if (known.includes(value)) return value;
  const near = nearestNames(String(value), known, 1)[0];
  throw new ValueError({
    where,
    problem: `${option} must be one of ${known.join(', ')}`,
    got: describeValue(value),
    ...(near !== undefined && { mend: `did you mean '${near}'?` }),
  });
}

/**
 * The size of an axis that a layer needs to make its parameters.
 * @throws ShapeError where it is not known or not there.
 */
export function knownAxis(shape: Shape, axis: number, where: string): number {
  const size = shape.at(axis);
  if (typeof size === 'number') return size;
  throw new ShapeError({
    where,
    problem: `the size of axis ${axis} must be known to make the parameters`,
    got: showShape(shape),
    mend: 'give the first layer an inputShape with that axis',
  });
}
