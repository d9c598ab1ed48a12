/**
 * How many inputs and outputs a weight of this shape connects: for `[…window, in, out]` both are multiplied by the
 * size of the window; a vector counts as both.
 */
export function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  if (shape.length < 2) return { fanIn: shape[0] ?? 1, fanOut: shape[0] ?? 1 };
  const window = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: window * shape.at(-2)!, fanOut: window * shape.at(-1)! };
}
