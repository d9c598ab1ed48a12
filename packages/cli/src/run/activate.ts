import { activateBackend, type BackendInfo } from '@espalier/core';
import { backendNamed } from '../backends.js';

/** What decides which backend computes: options first, then what the run says. */
export interface BackendChoice {
  readonly backend?: string | undefined;
  readonly threads?: number | null | undefined;
}

/**
 * Makes a backend the one that computes.
 * @param where The file that `settings` come from, for errors.
 */
export function activate(
  flags: BackendChoice,
  settings: { readonly backend: string; readonly threads: number | null },
  where: string,
): Promise<BackendInfo> {
  const entry = backendNamed(flags.backend ?? settings.backend, flags.backend === undefined ? where : '--backend');
  return activateBackend(entry.make({ threads: flags.threads ?? settings.threads ?? undefined }));
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
