import { BackendError } from '@espalier/core';
import { BlockPool, type Description, inWords } from './BlockPool.js';
import { type Heap, MARGIN, MOST_BYTES } from './Heap.js';

/** Who uses the memory: what an error about it wants to know, and what helps where it is short. */
export interface MemoryUser {
  /** The kernel that runs. */
  kernel: string;
  /** Gives back what is kept for later and not in use now; says whether there was anything. */
  spare: () => boolean;
  /** The tensors that are alive, in words. */
  alive: () => string;
}

/** The one memory of an engine: tensors, scratch memory, and what compiled kernels allocate come from here. */
export class EngineMemory {
  readonly heap: Heap;
  readonly blocks: BlockPool;
  readonly #user: MemoryUser;

  constructor(heap: Heap, guarded: boolean, user: MemoryUser) {
    this.heap = heap;
    this.blocks = new BlockPool(heap, guarded);
    this.#user = user;
  }

  /**
   * The address of so many bytes, uninitialised; `what` says what they are for, where an error wants to know.
   * @throws BackendError where there are none.
   */
  allocate(bytes: number, what: Description): number {
    let offset = this.blocks.take(bytes, what);
    if (offset === 0 && this.#user.spare()) offset = this.blocks.take(bytes, what);
    if (offset === 0) throw this.#short(bytes, what);
    return offset;
  }

  #short(bytes: number, what: Description): BackendError {
    // So that the figures say what could be had.
    this.blocks.release();
    const { total, largest } = this.heap.room();
    const length = this.heap.bytes.length;
    // What the addresses would allow is no help where the host does not give it.
    const refused = largest >= bytes ? ', which the host does not let grow' : '';
    return new BackendError({
      where: this.#user.kernel,
      problem: `no memory for ${inWords(what)}`,
      expected: `${bytes} free bytes in one piece`,
      got: `a heap of ${length} bytes${refused}, of at most ${MOST_BYTES - MARGIN}, with ${total} bytes to be had, ${largest} in one piece; ${this.#user.alive()}`,
      mend: 'use a smaller batch, and dispose of tensors that are no longer needed (tidy)',
    });
  }
}
