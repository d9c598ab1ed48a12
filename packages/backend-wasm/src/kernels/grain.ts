/** The number of items that is worth a thread, where each reads about `floats` numbers and does little with each. */
export function grainOf(floats: number): number {
  return Math.max(1, Math.ceil(32_768 / Math.max(1, floats)));
}
