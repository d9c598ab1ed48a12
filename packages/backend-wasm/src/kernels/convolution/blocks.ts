/** Bytes of windows that are unfolded at a time: enough rows for the product to be fast, little enough to stay in the cache. */
const BLOCK_BYTES = 512 * 1024;

/** Splits `positions` rows of `width` floats into blocks of bounded size: `[first, count]` pairs. */
export function* blocks(positions: number, width: number): Generator<readonly [first: number, count: number]> {
  const most = blockRows(positions, width);
  for (let first = 0; first < positions; first += most) yield [first, Math.min(most, positions - first)];
}

/** How many rows the largest block has; at least 32, however wide the rows are. */
export function blockRows(positions: number, width: number): number {
  return Math.min(positions, Math.max(32, Math.floor(BLOCK_BYTES / 4 / Math.max(1, width))));
}
