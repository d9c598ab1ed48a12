import { ValueError } from '../errors/kinds.js';

/**
 * Looks at what is to be reduced to its extremes, for backends.
 * @throws ValueError where nothing is reduced to something: an extreme of no elements is none, as NumPy and PyTorch say.
 */
export function requireSome(where: string, shape: readonly number[], axes: readonly number[]): void {
  if (!axes.some((axis) => shape[axis] === 0)) return;
  if (shape.some((size, axis) => size === 0 && !axes.includes(axis))) return;
  throw new ValueError({
    where,
    problem: 'there is no largest or smallest of nothing',
    expected: 'at least one element along the axes',
    got: `shape [${shape}], axes [${axes}]`,
    mend: 'leave empty tensors out, or join a least value first: concat([x, [-Infinity]])',
  });
}
