import type { Description } from './BlockPool.js';

interface Memory {
  /** @throws BackendError where there is none. */
  readonly allocate: (bytes: number, what: Description) => number;
  readonly blocks: { readonly give: (offset: number) => void };
}

/** A piece of memory that is kept from one use to the next, and made anew where more is needed. */
export class Scratch {
  readonly #memory: Memory;
  readonly #exact: boolean;
  #offset = 0;
  #bytes = 0;

  /** With `exact` each piece is made anew, so that guards stand where it ends. */
  constructor(memory: Memory, exact: boolean) {
    this.#memory = memory;
    this.#exact = exact;
  }

  /** The address of so many bytes at least, uninitialised; what was taken before is no longer valid. */
  take(bytes: number): number {
    // What is no size is for the memory to refuse.
    if (!(bytes >= 0 && bytes <= this.#bytes) || this.#exact) {
      this.drop();
      this.#offset = this.#memory.allocate(bytes, 'scratch memory');
      this.#bytes = bytes;
    }
    return this.#offset;
  }

  /** Gives the memory back; says whether there was any. */
  drop(): boolean {
    if (this.#bytes === 0) return false;
    this.#memory.blocks.give(this.#offset);
    this.#offset = this.#bytes = 0;
    return true;
  }
}
