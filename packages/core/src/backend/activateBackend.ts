import { getBackend } from '@tensorflow/tfjs-core';
import { BackendError, StateError } from '../errors/kinds.js';
import { registerEach } from '../gradients/registerEach.js';
import { requireMethod } from '../options/requireMethod.js';
import type { Backend, BackendInfo } from './Backend.js';
import { checkTfjsCopies } from './tfjsCopies.js';

/** What most programs write. */
const USUAL = "import { wasm } from '@espalier/backend-wasm'; await activateBackend(wasm())";

/**
 * Makes a backend the one that computes, and registers the gradients that it names. Never falls back to another device.
 *
 * @returns What the backend really got: device, threads, SIMD, version.
 * @throws BackendError where the backend cannot run here (why, and what to do), or a second copy of tfjs-core is loaded.
 * @throws ValueError for what is no backend, such as a name, or `wasm` without its parentheses.
 *
 * @example
 * ```ts
 * import { activateBackend } from '@espalier/core';
 * import { wasm } from '@espalier/backend-wasm';
 *
 * const info = await activateBackend(wasm());
 * if (info.name !== 'wasm') throw new Error('another backend is in use');
 * ```
 */
export async function activateBackend(backend: Backend): Promise<BackendInfo> {
  requireMethod(backend, 'probe', 'activateBackend', 'a backend', `make one: ${USUAL}`);
  requireMethod(
    backend,
    'gradients',
    'activateBackend',
    'a backend',
    'add what it can be trained with: gradients: allGradients',
  );
  const probe = await backend.probe();
  if (!probe.available) {
    throw new BackendError({
      where: `backend '${backend.name}'`,
      problem: `it cannot run here: ${probe.reason}`,
      mend: probe.mend,
    });
  }
  const info = await backend.activate();
  checkTfjsCopies();
  registerEach(backend.gradients());
  return info;
}

/**
 * The former name of {@link activateBackend}; linters for React take it for a hook.
 * @deprecated Call `activateBackend`.
 */
export function useBackend(backend: Backend): Promise<BackendInfo> {
  return activateBackend(backend);
}

/**
 * Makes sure that something can compute, before tfjs fails with a sentence of its own.
 *
 * @param where What the error names.
 * @throws StateError where no backend was chosen yet.
 */
export function requireBackend(where: string): void {
  if (getBackend()) return;
  throw new StateError({
    where,
    problem: 'no backend is in use',
    mend: `choose one first: ${USUAL}`,
  });
}
