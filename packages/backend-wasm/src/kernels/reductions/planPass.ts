/** How one pass over memory is divided, which reduces the middle axis of `[outer, count, inner]`. */
export interface Pass {
  /** Parts of `count` that are reduced apart, where there is too little else to divide. */
  readonly blocks: number;
  /** Parts of `inner`. */
  readonly chunks: number;
  /** What is divided among threads, and how many of them are worth one. */
  readonly items: number;
  readonly grain: number;
}

/** Bytes of a row from which on it is worked on by itself. */
const LINE = 64;
/** Bytes that are worked on together. */
const CHUNK = 1024;
/** Elements that are worth a block. */
const LEAST = 16_384;
/** How many items are enough for any number of threads. */
const ENOUGH = 32;
/** Bytes of scratch memory of a range: 128 for every line of a chunk, or a line for every byte of a row that is shorter. */
export const SCRATCH = 4096;

/** Divides a pass by its sizes alone, so that results are the same whatever the number of threads. */
export function planPass(outer: number, count: number, inner: number, bytes: number): Pass {
  const chunks = inner * bytes < LINE ? 1 : Math.ceil((inner * bytes) / CHUNK);
  const each = (count * inner) / chunks;
  const blocks = Math.max(1, Math.min(Math.ceil(ENOUGH / (outer * chunks)), Math.floor(each / LEAST)));
  const items = outer * chunks * blocks;
  return { blocks, chunks, items, grain: Math.ceil((2 * LEAST * blocks) / each) };
}
