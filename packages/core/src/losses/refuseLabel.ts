import type { Tensor } from '@tensorflow/tfjs-core';
import type { ErrorParts } from '../errors/EspalierError.js';
import { DataError } from '../errors/kinds.js';

/**
 * @param at Where the label is among all of the targets.
 * @param indices The place of each example in the data set, where it is known.
 * @throws DataError naming the label, the example and, where an example has several, the place in it.
 */
export function refuseLabel(
  targets: Tensor,
  at: number,
  label: number,
  indices: ArrayLike<number> | undefined,
  parts: Pick<ErrorParts, 'where' | 'expected' | 'mend'>,
): never {
  const each = targets.size / (targets.shape[0] ?? 1);
  const row = Math.floor(at / each);
  const example = indices?.[row];
  const which = example === undefined ? `position ${row} of the batch` : `example ${example} of the data`;
  const inside = each === 1 ? '' : ` [${placeIn(targets.shape.slice(1), at % each).join(', ')}]`;
  throw new DataError({
    ...parts,
    problem: `label ${label} at ${which}${inside} is out of range`,
    got: String(label),
  });
}

/** The index along each axis. */
function placeIn(shape: readonly number[], at: number): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}
