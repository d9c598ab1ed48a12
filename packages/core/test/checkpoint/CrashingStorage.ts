import type { Storage } from '@espalier/core';

/** A storage whose process dies at the n-th moment at which a change could be cut off: nothing works from then on. */
export class CrashingStorage implements Storage {
  #moment = 0;

  constructor(
    readonly inner: Storage,
    readonly crashAt: number,
  ) {}

  #mayCrash(): void {
    if (++this.#moment >= this.crashAt) throw new Error('killed');
  }

  locate(name: string): string {
    return this.inner.locate(name);
  }

  read(name: string): ReturnType<Storage['read']> {
    return this.inner.read(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#mayCrash();
    await this.inner.write(`${name}.0.partial`, bytes.subarray(0, bytes.length >> 1));
    this.#mayCrash();
    await this.inner.remove(`${name}.0.partial`);
    await this.inner.write(name, bytes);
  }

  list(prefix?: string): Promise<string[]> {
    return this.inner.list(prefix);
  }

  async remove(name: string): Promise<void> {
    this.#mayCrash();
    await this.inner.remove(name);
  }

  exists(name: string): Promise<boolean> {
    return this.inner.exists(name);
  }
}
