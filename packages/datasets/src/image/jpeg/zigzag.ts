/** The place in a block, row by row, of each coefficient in the order of files: along the diagonals, back and forth. */
export const ZIGZAG: Uint8Array = /* @__PURE__ */ diagonals();

function diagonals(): Uint8Array {
  const order = new Uint8Array(64);
  let at = 0;
  for (let sum = 0; sum < 15; sum++) {
    const [first, last] = [Math.max(0, sum - 7), Math.min(7, sum)];
    for (let i = first; i <= last; i++) {
      const [y, x] = sum % 2 === 0 ? [sum - i, i] : [i, sum - i];
      order[at++] = 8 * y + x;
    }
  }
  return order;
}
