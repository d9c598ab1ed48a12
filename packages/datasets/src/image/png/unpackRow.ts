/** Puts the samples of a row, 1 to 16 bits each, into elements of their own. */
export function unpackRow(row: Uint8Array, depth: number, samples: Uint16Array | Uint8Array, count: number): void {
  if (depth === 16) {
    for (let i = 0; i < count; i++) samples[i] = (row[2 * i]! << 8) | row[2 * i + 1]!;
  } else if (depth === 8) {
    for (let i = 0; i < count; i++) samples[i] = row[i]!;
  } else {
    const mask = (1 << depth) - 1;
    for (let i = 0, bit = 0; i < count; i++, bit += depth) {
      samples[i] = (row[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
}
