import { ValueError } from '../errors/kinds.js';

/**
 * The axes that are meant, from 0; negative ones count from the end, and none stands for all.
 * @throws ValueError where there is no such axis.
 */
export function axesOf(axis: number | readonly number[] | undefined, rank: number): number[] {
  const given = axis === undefined ? Array.from({ length: rank }, (_, i) => i) : [axis].flat();
  return given.map((one) => {
    if (Number.isInteger(one) && one >= -rank && one < rank) return one < 0 ? one + rank : one;
    throw new ValueError({
      where: 'axis',
      problem: 'there is no such axis',
      expected: `a whole number from ${-rank} to ${rank - 1}`,
      got: String(one),
    });
  });
}
