import { activateBackend, type BackendInfo } from '@espalier/core';
import { backendNamed } from '../backends.js';

/** Makes a backend the one that computes. */
export function activate(name: string, threads: number | null): Promise<BackendInfo> {
  return activateBackend(backendNamed(name).make({ threads: threads ?? undefined }));
}

/** A backend in words: `wasm (CPU, WebAssembly SIMD; 2 threads)`. */
export function describeBackend({ name, device, threads, simd, note }: BackendInfo): string {
  const parts = [
    device,
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ...(simd === 'none' ? [] : [simd]),
    ...(note === undefined ? [] : [note]),
  ];
  return `${name}: ${parts.join(', ')}`;
}
