/** How many examples of the test set are shown after training. */
const SHOWN = 4;

/** The first few of `size` examples. */
export function firstExamples<T>(size: number, make: (index: number) => T): T[] {
  return Array.from({ length: Math.min(SHOWN, size) }, (_, i) => make(i));
}
