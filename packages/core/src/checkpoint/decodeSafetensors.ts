import { type Bytes, bytesOf } from '../bytes/bytesOf.js';
import type { HostTensor } from './HostTensor.js';
import { readElements } from './readElements.js';
import { readHeader } from './safetensorsHeader.js';
import { checkSeal } from './seal.js';
import { UnreadTensors, type UnsupportedTensor } from './UnreadTensors.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** Those that could be read, in the order of the header; `get` refuses one that is {@link unsupported}, by name. */
  readonly tensors: Map<string, HostTensor>;
  /** Free text by key, where the writer left any. */
  readonly metadata: Record<string, string>;
  /** Those that could not be read, with the reason. */
  readonly unsupported: readonly UnsupportedTensor[];
}

/**
 * Reads a safetensors file and refuses whatever the format forbids: a header that is cut off, too long, not JSON or with a
 * name twice; sizes that do not match the shape; tensors that overlap or leave gaps; bytes left over. The tensors are
 * copies.
 *
 * Every value is kept exactly, or its tensor is not read but named in `unsupported`, and refused when it is asked for:
 *
 * | in the file | becomes |
 * |---|---|
 * | F64, F32, I32, I16, I8, U8, BOOL | `float64`, `float32`, `int32`, `int16`, `int8`, `uint8`, `bool` |
 * | F16, BF16 | `float32` |
 * | U16, U32, I64, U64 | `int32`; not read where a value does not fit |
 * | C64, F8, F6 and F4 of every kind | not read |
 *
 * A file that `saveWeights` or `saveModel` wrote is held against its checksum first; those of other programs have none.
 *
 * @param file The whole file, in any form that bytes have.
 * @param where The file's name, for errors.
 * @throws CheckpointError naming the file, the byte and what was expected there.
 * @see https://huggingface.co/docs/safetensors
 */
export function decodeSafetensors(file: Bytes, where: string): Safetensors {
  const bytes = bytesOf(file, where);
  const header = readHeader(bytes, where);
  checkSeal(header, bytes, where);
  const { entries, metadata, dataAt } = header;
  const read = new Map<string, HostTensor>();
  const unsupported: UnsupportedTensor[] = [];
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    const elements = readElements(dtype, shape, bytes.slice(dataAt + data_offsets[0], dataAt + data_offsets[1]));
    if (typeof elements === 'string') unsupported.push({ name, dtype, shape, reason: elements });
    else read.set(name, elements);
  }
  const tensors = unsupported.length === 0 ? read : new UnreadTensors(read, unsupported, where);
  return { tensors, metadata, unsupported };
}
