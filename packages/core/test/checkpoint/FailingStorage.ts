import { CheckpointError, type Storage } from '@espalier/core';

/** A storage whose n-th operation fails, and none after it unless it stays broken. */
export class FailingStorage implements Storage {
  operations = 0;

  constructor(
    readonly inner: Storage,
    readonly failAt: number,
    readonly staysBroken: boolean,
  ) {}

  #count(name: string): void {
    const operation = this.operations++;
    if (this.staysBroken ? operation < this.failAt : operation !== this.failAt) return;
    throw new CheckpointError({ where: name, problem: `operation ${operation} failed` });
  }

  locate(name: string): string {
    return this.inner.locate(name);
  }

  async read(name: string): ReturnType<Storage['read']> {
    this.#count(name);
    return this.inner.read(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#count(name);
    await this.inner.write(name, bytes);
  }

  async list(prefix?: string): Promise<string[]> {
    this.#count(prefix ?? '');
    return this.inner.list(prefix);
  }

  async remove(name: string): Promise<void> {
    this.#count(name);
    await this.inner.remove(name);
  }

  async exists(name: string): Promise<boolean> {
    this.#count(name);
    return this.inner.exists(name);
  }
}
