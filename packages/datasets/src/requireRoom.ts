import { ValueError } from '@espalier/core';

/** The greatest number of values that a typed array may hold everywhere. */
const MOST_VALUES = 2 ** 31 - 1;

/**
 * @param got How so many values come about.
 * @throws ValueError where there are more than an array holds.
 */
export function requireRoom(where: string, values: number, got: string, mend: string): void {
  if (values <= MOST_VALUES) return;
  throw new ValueError({
    where,
    problem: 'more values than an array holds',
    expected: `at most ${MOST_VALUES}`,
    got,
    mend,
  });
}
