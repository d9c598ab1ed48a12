/**
 * The k largest of each row and where they stand, the largest first, of equals the first; NaN is above all numbers, as in
 * PyTorch and NumPy.
 */
export function topK(
  values: ArrayLike<number>,
  cols: number,
  k: number,
): { readonly values: number[]; readonly indices: number[] } {
  const result = { values: [] as number[], indices: [] as number[] };
  const order = (a: number, b: number): number => {
    const [x, y] = [values[a]!, values[b]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(y)) - Number(Number.isNaN(x)) || a - b;
    return x === y ? a - b : x > y ? -1 : 1;
  };
  for (let start = 0; cols > 0 && start < values.length; start += cols) {
    const best = Array.from({ length: cols }, (_, j) => start + j).sort(order);
    for (const place of best.slice(0, k)) {
      result.values.push(values[place]!);
      result.indices.push(place - start);
    }
  }
  return result;
}
