import { ValueError } from '@espalier/core';

/** @throws ValueError unless `value` is finite, at least `min` and below `below`. Returns the value. */
export function checkRange(where: string, value: number, min: number, below = Number.POSITIVE_INFINITY): number {
  if (value >= min && value < below) return value;
  throw new ValueError({
    where,
    problem: 'the value is out of range',
    expected: below === Number.POSITIVE_INFINITY ? `a number from ${min}` : `from ${min} to below ${below}`,
    got: String(value),
  });
}

/** @throws ValueError unless `value` is a finite number above 0. Returns the value. */
export function checkPositive(where: string, value: number): number {
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new ValueError({
    where,
    problem: 'the value is out of range',
    expected: 'a number above 0',
    got: String(value),
  });
}
