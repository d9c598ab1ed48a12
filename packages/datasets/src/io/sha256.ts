/** The SHA-256 of some bytes in hexadecimal, by Web Crypto, which Node has and browsers have on secure pages. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) {
    throw new Error('the checksum needs Web Crypto, which browsers offer on https pages and localhost only');
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
