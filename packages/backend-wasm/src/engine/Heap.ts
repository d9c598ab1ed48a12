/** What WebAssembly memory grows by. */
const PAGE = 65536;
/** Pages of the heap at most: the last address must stay representable in 32 bits. */
export const MOST_PAGES = 65535;
/** 4 GiB less one page, the most that the heap may have. */
export const MOST_BYTES = PAGE * MOST_PAGES;
/**
 * Bytes at the end of the heap that are never handed out. Kernels read whole vectors, XNNPACK's up to 16 bytes beyond what they
 * were given, and step one element further than they read.
 */
export const MARGIN = PAGE;
/** Blocks begin at multiples of this: a line of the cache, and a multiple of a vector. Their sizes are multiples of it too. */
export const ALIGNMENT = 64;

/**
 * The free regions of a WebAssembly memory that grows. Addresses and sizes are JavaScript's numbers, so that no sum of
 * them wraps around, as those of an allocator inside the memory do near its end.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  /** Free regions: bytes by address, and addresses by where regions end. */
  readonly #regions = new Map<number, number>();
  readonly #ends = new Map<number, number>();
  /** Their addresses by the logarithm of their size. */
  readonly #bySize = Array.from({ length: 32 }, () => new Set<number>());
  #view: Uint8Array<ArrayBuffer>;
  /** Where what may be handed out ends. */
  #top: number;

  /** Hands out what lies from `first` on. */
  constructor(memory: WebAssembly.Memory, first: number) {
    this.memory = memory;
    this.#view = new Uint8Array(memory.buffer as ArrayBuffer);
    const start = Math.ceil(first / ALIGNMENT) * ALIGNMENT;
    this.#top = Math.max(start, this.#view.length - MARGIN);
    if (this.#top > start) this.#add(start, this.#top - start);
  }

  /** All bytes. Ask again after anything that may grow the memory: that leaves the old view detached or too short. */
  get bytes(): Uint8Array<ArrayBuffer> {
    const { buffer } = this.memory;
    if (this.#view.length !== buffer.byteLength) this.#view = new Uint8Array(buffer as ArrayBuffer);
    return this.#view;
  }

  /** The address of so many bytes, a multiple of {@link ALIGNMENT}; 0 where there is no such piece and none can be had. */
  take(bytes: number): number {
    const start = this.#find(bytes) || this.#grow(bytes);
    if (start === 0) return 0;
    const size = this.#remove(start);
    if (size > bytes) this.#add(start + bytes, size - bytes);
    return start;
  }

  /** Takes a piece back, with the size that was asked for. */
  give(start: number, bytes: number): void {
    let [first, end] = [start, start + bytes];
    if (this.#regions.has(end)) end += this.#remove(end);
    const before = this.#ends.get(start);
    if (before !== undefined) {
      this.#remove(before);
      first = before;
    }
    this.#add(first, end - first);
  }

  /** Bytes that could still be handed out, and the largest piece of them; what the memory may yet grow by counts. */
  room(): { readonly total: number; readonly largest: number } {
    const growth = MOST_BYTES - MARGIN - this.#top;
    const sizes = [...this.#regions.values()];
    const last = this.#ends.has(this.#top) ? this.#regions.get(this.#ends.get(this.#top)!)! : 0;
    return {
      total: sizes.reduce((sum, size) => sum + size, growth),
      largest: sizes.reduce((most, size) => Math.max(most, size), last + growth),
    };
  }

  /** The smallest region that is large enough, or nearly so: of those whose size has the same logarithm, else the next. */
  #find(bytes: number): number {
    for (let log = logarithm(bytes); log < 32; log++) {
      let [best, least] = [0, Number.POSITIVE_INFINITY];
      for (const start of this.#bySize[log]!) {
        const size = this.#regions.get(start)!;
        if (size >= bytes && (size < least || (size === least && start < best))) [best, least] = [start, size];
      }
      if (best !== 0) return best;
    }
    return 0;
  }

  /** Makes the memory longer, so that so many bytes are free at its end; answers with their address, or 0. */
  #grow(bytes: number): number {
    const start = this.#ends.get(this.#top) ?? this.#top;
    const needed = start + bytes + MARGIN;
    const now = this.memory.buffer.byteLength;
    if (needed > MOST_BYTES) return 0;
    // A fifth longer than now where it can be: growing may copy, so it should be rare.
    for (const wanted of [Math.max(needed, Math.min(now * 1.2, now + 96 * 2 ** 20)), needed]) {
      try {
        this.memory.grow(Math.ceil((Math.min(wanted, MOST_BYTES) - now) / PAGE));
      } catch {
        // The host refused this size; the exact one is tried next.
        continue;
      }
      const old = this.#top;
      this.#top = this.memory.buffer.byteLength - MARGIN;
      this.give(old, this.#top - old);
      return start;
    }
    return 0;
  }

  #add(start: number, bytes: number): void {
    this.#regions.set(start, bytes);
    this.#ends.set(start + bytes, start);
    this.#bySize[logarithm(bytes)]!.add(start);
  }

  #remove(start: number): number {
    const bytes = this.#regions.get(start)!;
    this.#regions.delete(start);
    this.#ends.delete(start + bytes);
    this.#bySize[logarithm(bytes)]!.delete(start);
    return bytes;
  }
}

/** The whole part of the logarithm to base 2; sizes stay below 2^32. */
const logarithm = (bytes: number): number => 31 - Math.clz32(bytes);
