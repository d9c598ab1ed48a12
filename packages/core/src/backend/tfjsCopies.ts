import { scalar, Tensor, version_core } from '@tensorflow/tfjs-core';
import { BackendError } from '../errors/kinds.js';

const MEND = "run 'npm ls @tensorflow/tfjs-core' and keep one copy in ^4.22 (npm dedupe, or an override)";

/**
 * tfjs-core keeps one engine for the whole page or process, made by the copy that was loaded first. Code of another
 * copy then records gradients with classes of the first: results are wrong in ways that show late, so we refuse early.
 *
 * @throws BackendError where the engine belongs to another copy, or this copy's version is outside `^4.22`.
 */
export function checkTfjsCopies(): void {
  const [major, minor] = version_core.split('.').map(Number);
  if (major !== 4 || (minor ?? 0) < 22) {
    throw new BackendError({
      where: '@tensorflow/tfjs-core',
      problem: 'this version is not supported',
      expected: '^4.22.0',
      got: version_core,
      mend: MEND,
    });
  }
  const made = scalar(0);
  const own = made.constructor === Tensor;
  made.dispose();
  if (!own) {
    throw new BackendError({
      where: '@tensorflow/tfjs-core',
      problem: 'two copies are loaded: the engine belongs to one, Espalier was linked to the other',
      expected: 'one copy in the process',
      mend: MEND,
    });
  }
}
