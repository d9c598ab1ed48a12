import { ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import { isFluid, isGone } from './arrayKind.js';

/** Where bytes may lie: a typed array, Node's Buffer or a DataView, which stand for the bytes of their part, or memory. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/**
 * Bytes in memory that is not shared: `Uint8Array<ArrayBuffer>`, written so that TypeScript before 5.7, whose
 * `Uint8Array` has no parameter, reads it too.
 */
export type OwnBytes = ReturnType<Uint8ArrayConstructor['of']>;

/**
 * The bytes of anything that holds bytes, as a plain `Uint8Array`: its `slice` copies, which that of Node's Buffer does
 * not, and it begins where the view began. The memory is the caller's own, without a copy, unless it is shared between
 * threads or can be resized: then it is a copy, as such memory may change while it is read.
 *
 * Arrays from another page, frame, worker or `vm` context count too.
 *
 * @param where What the bytes are to the caller; errors begin with it.
 * @throws ValueError where it is something else, such as text or a list of numbers, or its memory was transferred away.
 *
 * @example
 * ```ts
 * import { bytesOf } from '@espalier/core';
 *
 * const memory = new Uint8Array([9, 1, 2, 9]).buffer;
 * const bytes = bytesOf(new DataView(memory, 1, 2), 'header');
 * if (bytes.join() !== '1,2' || bytes.buffer !== memory) throw new Error('not the bytes of the view');
 * ```
 */
export function bytesOf(value: Bytes, where: string): OwnBytes {
  const view = ArrayBuffer.isView(value) ? value : memoryView(value, where);
  if (isGone(view)) refuse(where, 'the memory of these bytes was transferred away or shrunk', value);
  const { buffer, byteOffset, byteLength } = view;
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return isFluid(buffer) ? new Uint8Array(bytes) : (bytes as OwnBytes);
}

/** What only memory, of whatever realm, can be put under. */
function memoryView(value: unknown, where: string): DataView {
  try {
    return new DataView(value as ArrayBuffer);
  } catch {
    return refuse(where, 'these are not bytes', value);
  }
}

function refuse(where: string, problem: string, value: unknown): never {
  throw new ValueError({
    where,
    problem,
    expected: 'a Uint8Array, Buffer, DataView or other view, an ArrayBuffer or a SharedArrayBuffer',
    got: describeValue(value),
    ...(typeof value === 'string' && { mend: 'read the file as bytes, without an encoding' }),
  });
}
