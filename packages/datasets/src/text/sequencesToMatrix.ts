import { type Column, StateError, ValueError } from '@espalier/core';

/** What a number in the matrix of a `Tokenizer` says about its word. */
export type MatrixMode = 'binary' | 'count' | 'freq' | 'tfidf';

/** One row a sequence; see `Tokenizer.textsToMatrix`. Indices from `width` on do not count. */
export function sequencesToMatrix(
  sequences: readonly (readonly number[])[],
  mode: MatrixMode,
  width: number,
  documentCount: number,
  indexDocs: ReadonlyMap<number, number>,
): Column {
  if (mode === 'tfidf' && documentCount === 0) {
    throw new StateError({
      where: 'Tokenizer',
      problem: 'tfidf has seen no documents',
      mend: 'Call fitOnTexts first.',
    });
  }
  const value: Record<MatrixMode, (count: number, index: number, length: number) => number> = {
    binary: () => 1,
    count: (count) => count,
    freq: (count, _, length) => count / length,
    tfidf: (count, index) => (1 + Math.log(count)) * Math.log(1 + documentCount / (1 + (indexDocs.get(index) ?? 0))),
  };
  if (!Object.hasOwn(value, mode)) {
    throw new ValueError({
      where: 'Tokenizer mode',
      problem: 'unknown',
      expected: Object.keys(value).join(', '),
      got: String(mode),
    });
  }
  const data = new Float32Array(sequences.length * width);
  sequences.forEach((sequence, row) => {
    const counts = new Map<number, number>();
    for (const index of sequence) if (index < width) counts.set(index, (counts.get(index) ?? 0) + 1);
    for (const [index, count] of counts) data[row * width + index] = value[mode](count, index, sequence.length);
  });
  return { data, shape: [width] };
}
