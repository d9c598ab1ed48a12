/** So small that what one piece unpacks to, a thousand times as much at worst, need not be held at once. */
const PIECE = 2 ** 14;

/**
 * Unpacks with the platform's own decompressor, a piece at a time, and hands on what comes until `take` wants no more.
 * What has not been asked for is not unpacked.
 */
export async function inflateInto(
  compressed: Uint8Array,
  take: (part: Uint8Array) => boolean,
  format: CompressionFormat = 'deflate',
): Promise<void> {
  const { readable, writable } = new DecompressionStream(format);
  const reader = readable.getReader();
  const feeding = feed(writable.getWriter(), compressed);
  // Whatever goes wrong there, the reader hears of it too.
  feeding.catch(() => {});
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || !take(value)) break;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    await writer.ready;
    await writer.write(bytes.subarray(at, at + PIECE) as Uint8Array<ArrayBuffer>);
  }
  await writer.close();
}
