/**
 * Turns a filtered row into bytes, in place (ISO/IEC 15948, clause 9). `back` is the distance to the byte of the pixel on
 * the left. False for a filter that does not exist.
 */
export function unfilter(filter: number, row: Uint8Array, above: Uint8Array, back: number): boolean {
  const length = row.length;
  switch (filter) {
    case 0:
      return true;
    case 1:
      for (let i = back; i < length; i++) row[i] = row[i]! + row[i - back]!;
      return true;
    case 2:
      for (let i = 0; i < length; i++) row[i] = row[i]! + above[i]!;
      return true;
    case 3:
      for (let i = 0; i < back && i < length; i++) row[i] = row[i]! + (above[i]! >> 1);
      for (let i = back; i < length; i++) row[i] = row[i]! + ((row[i - back]! + above[i]!) >> 1);
      return true;
    case 4:
      // Without a left neighbour the best guess is the one above.
      for (let i = 0; i < back && i < length; i++) row[i] = row[i]! + above[i]!;
      for (let i = back; i < length; i++) {
        const left = row[i - back]!;
        const up = above[i]!;
        const corner = above[i - back]!;
        // How far each is from left + up - corner.
        const toLeft = Math.abs(up - corner);
        const toUp = Math.abs(left - corner);
        const toCorner = Math.abs(left + up - 2 * corner);
        const guess = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
        row[i] = row[i]! + guess;
      }
      return true;
    default:
      return false;
  }
}
