import { BackendError } from '@espalier/core';
import { ALIGNMENT, type Heap, MOST_BYTES } from './Heap.js';

/** Free blocks beyond this many bytes go back to the heap. */
const MOST_KEPT = 2 ** 30;
const GUARD = 64;
/**
 * What guards are filled with: a signalling NaN. What is read there shows in the results, and what is added to it changes
 * it, since arithmetic makes it a quiet one.
 */
const CANARY = new Uint8Array(Uint32Array.from({ length: GUARD / 4 }, () => 0x7fa0dead).buffer);

/** What a block is for, in words; a function where the words take making. */
export type Description = string | (() => string);

export const inWords = (what: Description): string => (typeof what === 'string' ? what : what());

interface Block {
  readonly base: number;
  readonly size: number;
  readonly bytes: number;
  /** Empty where there are no guards. */
  readonly owner: string;
}

/** Larger blocks are not rounded up: an eighth of them is more than one can spare. */
const MOST_ROUNDED = 2 ** 30;

const aligned = (bytes: number): number => Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;

/** Sizes in steps of an eighth of their power of two: at most an eighth of a block is unused, and blocks fit again. */
function sizeClass(bytes: number): number {
  if (bytes <= 8 * ALIGNMENT) return aligned(bytes);
  const eighth = bytes > MOST_ROUNDED ? 0 : 2 ** (Math.floor(Math.log2(Math.max(1, bytes))) - 3);
  const step = Math.max(ALIGNMENT, eighth);
  return Math.max(1, Math.ceil(bytes / step)) * step;
}

/**
 * Memory for tensors, and for whatever compiled kernels allocate. What is given back is kept by size and handed out again, so
 * that a training step whose shapes are those of the step before asks the heap for nothing.
 *
 * With `guarded`, blocks have canaries on both sides that are looked at when a block is given back, and are never reused.
 */
export class BlockPool {
  readonly #heap: Heap;
  readonly #guarded: boolean;
  readonly #blocks = new Map<number, Block>();
  readonly #free = new Map<number, number[]>();
  #kept = 0;

  constructor(heap: Heap, guarded: boolean) {
    this.#heap = heap;
    this.#guarded = guarded;
  }

  /** How many blocks were ever asked of the heap. */
  allocations = 0;

  /** An address, or 0 where there is no memory; `owner` is named where a canary is found dead. */
  take(bytes: number, owner: Description): number {
    let size = this.#guarded ? aligned(bytes + 2 * GUARD) : sizeClass(bytes);
    // What is no number is refused as well.
    if (!(bytes >= 0 && size < MOST_BYTES)) return 0;
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) {
      this.#kept -= size;
      return reused;
    }
    let base = this.#heap.take(size);
    if (base === 0 && this.#kept > 0) {
      this.release();
      base = this.#heap.take(size);
    }
    if (base === 0 && !this.#guarded && aligned(bytes) < size) {
      size = aligned(bytes);
      base = this.#heap.take(size);
    }
    if (base === 0) return 0;
    this.allocations++;
    const offset = base + (this.#guarded ? GUARD : 0);
    this.#blocks.set(offset, { base, size, bytes, owner: this.#guarded ? inWords(owner) : '' });
    if (this.#guarded) this.#guard(offset, bytes);
    return offset;
  }

  /**
   * Gives a block back.
   * @throws BackendError where there is no block at that address, or where a canary is dead.
   */
  give(offset: number): void {
    const block = this.#blocks.get(offset);
    if (block === undefined) {
      throw new BackendError({
        where: 'wasm',
        problem: 'memory was given back that is not in use',
        got: String(offset),
      });
    }
    if (this.#guarded) {
      this.#checkGuards(offset, block);
      this.#discard(offset, block);
    } else if (this.#kept + block.size > MOST_KEPT) this.#discard(offset, block);
    else this.#keep(offset, block);
  }

  /** How many bytes of a block may be used. */
  bytesOf(offset: number): number {
    const { size, bytes } = this.#blocks.get(offset)!;
    // A block that is handed out again holds what it is asked to hold, which is not written down.
    return this.#guarded ? bytes : size;
  }

  /** Gives all free blocks back to the heap. */
  release(): void {
    for (const offset of [...this.#free.values()].flat()) this.#discard(offset, this.#blocks.get(offset)!);
    this.#free.clear();
    this.#kept = 0;
  }

  /** Looks at the canaries of all blocks that are in use. */
  verify(): void {
    if (this.#guarded) for (const [offset, block] of this.#blocks) this.#checkGuards(offset, block);
  }

  #keep(offset: number, { size }: Block): void {
    this.#kept += size;
    const list = this.#free.get(size);
    if (list === undefined) this.#free.set(size, [offset]);
    else list.push(offset);
  }

  #discard(offset: number, { base, size }: Block): void {
    this.#blocks.delete(offset);
    this.#heap.give(base, size);
  }

  #guard(offset: number, bytes: number): void {
    this.#heap.bytes.set(CANARY, offset - GUARD);
    this.#heap.bytes.set(CANARY, offset + bytes);
  }

  #checkGuards(offset: number, { bytes, owner }: Block): void {
    const heap = this.#heap.bytes;
    for (const [side, start] of [
      ['before', offset - GUARD],
      ['behind', offset + bytes],
    ] as const) {
      const at = CANARY.findIndex((value, i) => heap[start + i] !== value);
      if (at < 0) continue;
      throw new BackendError({
        where: 'wasm guard',
        problem: `a kernel wrote ${side === 'before' ? GUARD - at : at + 1} bytes ${side} a block`,
        got: `${owner}, ${bytes} bytes`,
      });
    }
  }
}
