import { BackendError } from '@espalier/core';
import { MOST_BYTES, type TfjsModule } from './TfjsModule.js';

/** Blocks begin at multiples of this: a line of the cache, and a multiple of a vector. */
const ALIGNMENT = 64;
/** Free blocks beyond this many bytes go back to the allocator. */
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

/** Sizes in steps of an eighth of their power of two: at most an eighth of a block is unused, and blocks fit again. */
function sizeClass(bytes: number): number {
  const eighth = bytes > MOST_ROUNDED ? 0 : 2 ** (Math.floor(Math.log2(Math.max(1, bytes))) - 3);
  const step = Math.max(ALIGNMENT, eighth);
  return Math.max(1, Math.ceil(bytes / step)) * step;
}

/**
 * Memory for tensors. What is given back is kept by size and handed out again, so that a training step whose shapes are
 * those of the step before asks the allocator for nothing.
 *
 * With `guarded`, blocks have canaries on both sides that are looked at when a block is given back, and are never reused.
 */
export class BlockPool {
  readonly #module: TfjsModule;
  readonly #guarded: boolean;
  readonly #blocks = new Map<number, Block>();
  readonly #free = new Map<number, number[]>();
  #kept = 0;

  constructor(module: TfjsModule, guarded: boolean) {
    this.#module = module;
    this.#guarded = guarded;
  }

  /** How many blocks were ever asked of the allocator. */
  allocations = 0;

  /** An address, or 0 where there is no memory; `owner` is named where a canary is found dead. */
  take(bytes: number, owner: Description): number {
    const size = this.#guarded ? bytes + 2 * GUARD : sizeClass(bytes);
    // The allocator takes 32 bits of a size: more must not wrap around to a little.
    if (size + ALIGNMENT > MOST_BYTES) return 0;
    const reused = this.#free.get(size)?.pop();
    if (reused !== undefined) {
      this.#kept -= size;
      return reused;
    }
    let base = this.#module._malloc(size + ALIGNMENT) >>> 0;
    if (base === 0 && this.#kept > 0) {
      this.release();
      base = this.#module._malloc(size + ALIGNMENT) >>> 0;
    }
    if (base === 0) return 0;
    this.allocations++;
    const offset = Math.ceil((base + 1) / ALIGNMENT) * ALIGNMENT + (this.#guarded ? GUARD : 0);
    this.#blocks.set(offset, { base, size, bytes, owner: this.#guarded ? inWords(owner) : '' });
    if (this.#guarded) this.#guard(offset, bytes);
    return offset;
  }

  /** Gives a block back; memory that a compiled kernel of tfjs allocated goes straight to the allocator. */
  give(offset: number): void {
    const block = this.#blocks.get(offset);
    if (block === undefined) this.#module._free(offset);
    else if (this.#guarded) {
      this.#checkGuards(offset, block);
      this.#discard(offset, block);
    } else if (this.#kept + block.size > MOST_KEPT) this.#discard(offset, block);
    else this.#keep(offset, block);
  }

  /** Gives all free blocks back to the allocator. */
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

  #discard(offset: number, { base }: Block): void {
    this.#blocks.delete(offset);
    this.#module._free(base);
  }

  #guard(offset: number, bytes: number): void {
    this.#module.HEAPU8.set(CANARY, offset - GUARD);
    this.#module.HEAPU8.set(CANARY, offset + bytes);
  }

  #checkGuards(offset: number, { bytes, owner }: Block): void {
    const heap = this.#module.HEAPU8;
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
