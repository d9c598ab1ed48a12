import { inflateInto } from './inflateInto.js';
import { joinBytes } from './joinBytes.js';

/**
 * Unpacks gzip, zlib or raw deflate, as far as `most` bytes: a thousand times as much as is packed may come out, and nobody
 * but the caller knows how much is right.
 *
 * @throws Error if more would come, or the data are damaged.
 */
export async function unpack(packed: Uint8Array, most: number, format: CompressionFormat): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  await inflateInto(
    packed,
    (part) => {
      size += part.length;
      parts.push(part);
      return size <= most;
    },
    format,
  );
  if (size > most) throw new Error(`unpacks to more than ${most} bytes`);
  return joinBytes(parts);
}
