/** Unpacks zlib data of exactly `size` bytes with the platform's own decompressor. Throws on damage or another size. */
export async function inflate(compressed: readonly Uint8Array[], size: number): Promise<Uint8Array> {
  const out = new Uint8Array(size);
  const parts = new Blob(compressed as Uint8Array<ArrayBuffer>[])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'));
  const reader = parts.getReader();
  let filled = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (filled + value.length > size) {
      await reader.cancel();
      throw new Error(`there is more than the ${size} bytes of pixels that the header announces`);
    }
    out.set(value, filled);
    filled += value.length;
  }
  if (filled < size) throw new Error(`there are ${filled} of the ${size} bytes of pixels that the header announces`);
  return out;
}
