import { StateError } from '../errors/kinds.js';

/** The SHA-256 of the bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Typed as always there, but pages that came over plain http do not have it.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) {
    throw new StateError({
      where: 'checkpoint',
      problem: 'this page may not use cryptography, so checkpoints cannot be sealed',
      mend: 'serve the page over https or from localhost',
    });
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
