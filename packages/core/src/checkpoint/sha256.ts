import { sha256Digest } from './sha256Digest.js';

/** The SHA-256 of the bytes, in hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  // Typed as always there, but pages that came over plain http do not have it.
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return sha256Sync(bytes);
  return hexadecimal(new Uint8Array(await subtle.digest('SHA-256', bytes)));
}

/** The same at once: by Node's own cryptography where it is there, which is several times as fast. */
export function sha256Sync(bytes: Uint8Array): string {
  const node = typeof process === 'object' ? process.getBuiltinModule?.('node:crypto') : undefined;
  return node?.createHash('sha256').update(bytes).digest('hex') ?? hexadecimal(sha256Digest(bytes));
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
