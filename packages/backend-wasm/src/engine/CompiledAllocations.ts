import { BackendError } from '@espalier/core';
import type { EngineMemory } from './EngineMemory.js';
import { ALIGNMENT } from './Heap.js';

const INSIDE = 'the inside of a compiled kernel';
/** How `operator new` and `malloc` align; XNNPACK asks for more. */
const PLAIN = 8;

/**
 * What compiled kernels allocate. Where there is no memory they hear nothing of it: the call is ended by an error, since
 * they would go on without their result.
 */
export class CompiledAllocations {
  /** Known when the module is there, before the first call into it. */
  store!: EngineMemory;
  /** What the running call has allocated and not given back. */
  readonly #made = new Set<number>();
  /** Whether the running call made something that XNNPACK or a cache of operators may hold on to. */
  #lasting = false;

  /** A call begins. */
  begin(): void {
    this.#lasting = false;
    if (this.#made.size > 0) this.#made.clear();
  }

  /** A call ended by an error: gives back what it had for itself. */
  abandon(): void {
    if (!this.#lasting) for (const offset of this.#made) this.store.blocks.give(offset);
    this.#made.clear();
  }

  allocate(alignment: number, bytes: number): number {
    if (alignment > ALIGNMENT) {
      throw new BackendError({
        where: 'wasm',
        problem: `memory is aligned to ${ALIGNMENT} bytes`,
        got: String(alignment),
      });
    }
    if (alignment > PLAIN) this.#lasting = true;
    const offset = this.store.allocate(bytes, INSIDE);
    this.#made.add(offset);
    return offset;
  }

  release(offset: number): void {
    if (offset === 0) return;
    this.#made.delete(offset);
    this.store.blocks.give(offset);
  }

  reallocate(offset: number, bytes: number): number {
    this.#lasting = true;
    if (bytes === 0) {
      this.release(offset);
      return 0;
    }
    const moved = this.allocate(PLAIN, bytes);
    if (offset !== 0) {
      const kept = Math.min(bytes, this.store.blocks.bytesOf(offset));
      this.store.heap.bytes.copyWithin(moved, offset, offset + kept);
      this.release(offset);
    }
    return moved;
  }
}
