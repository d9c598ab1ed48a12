import { arrayKind } from '../bytes/arrayKind.js';
import type { OwnBytes } from '../bytes/bytesOf.js';
import { bytesOf } from '../bytes/bytesOf.js';
import { CheckpointError, ValueError } from '../errors/kinds.js';
import { showShape } from '../module/Shape.js';
import { describeValue } from '../options/describeValue.js';
import type { HostDType, HostTensor } from './HostTensor.js';
import { LENGTH_BYTES, LONGEST_HEADER, METADATA, type SafetensorsEntry } from './safetensorsFormat.js';
import { readHeader } from './safetensorsHeader.js';
import { seal, withPlaceForSeal } from './seal.js';

/** In the order in which the format's own writer lays out the data. */
const TAGS: Readonly<Record<HostDType, string>> = {
  float64: 'F64',
  float32: 'F32',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

/** The arrays of each dtype, by their kind. */
const ARRAYS: Readonly<Record<HostDType, string>> = {
  float64: 'Float64Array',
  float32: 'Float32Array',
  int32: 'Int32Array',
  int16: 'Int16Array',
  int8: 'Int8Array',
  uint8: 'Uint8Array',
  bool: 'Uint8Array',
};

/**
 * Writes tensors as a safetensors file: the length of the header (8 bytes, little-endian), the header (JSON, padded by
 * blanks so that the data begin at a multiple of 8), the data. Wide dtypes come first and names are sorted within a
 * dtype, so every tensor is aligned and the same tensors give the same bytes.
 *
 * The bytes are what the format's own writer makes. There is no checksum in them, unless `metadata` has names that begin
 * with `espalier.`, as those that `saveWeights` writes.
 *
 * @param metadata Free text by key.
 * @throws CheckpointError where a tensor's data do not fit its dtype and shape, a name is `__metadata__` or no text that
 * UTF-8 can hold, metadata is not text, or the header is beyond the 100 MB that the format allows.
 * @see https://huggingface.co/docs/safetensors
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@espalier/core';
 *
 * const bias: HostTensor = { dtype: 'float32', shape: [2], data: new Float32Array([0.5, -1]) };
 * const bytes = encodeSafetensors(new Map([['dense/bias', bias]]), { format: 'pt' });
 * const { tensors, metadata } = decodeSafetensors(bytes, 'memory');
 * if (tensors.get('dense/bias')?.data[1] !== -1 || metadata['format'] !== 'pt') throw new Error('lost');
 * ```
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostTensor>,
  metadata: Readonly<Record<string, string>> = {},
): OwnBytes {
  if (typeof (tensors as Partial<ReadonlyMap<string, HostTensor>> | null | undefined)?.entries !== 'function') {
    throw new ValueError({
      where: 'encodeSafetensors',
      problem: 'this is no map of tensors',
      got: describeValue(tensors),
      mend: "write new Map([['name', { dtype: 'float32', shape: [1], data: new Float32Array(1) }]])",
    });
  }
  const rank = (tensor: HostTensor): number => Object.keys(TAGS).indexOf(tensor.dtype);
  for (const [name, tensor] of tensors) checkTensor(name, tensor);
  const sorted = [...tensors].sort(([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : 1));
  const allMetadata = withPlaceForSeal(metadata);
  const texts = Object.entries(allMetadata);
  for (const [key, value] of texts) checkText(key, value);
  // Built as text: an object would move keys such as '0' to the front.
  const entries = texts.length > 0 ? [`${JSON.stringify(METADATA)}:${JSON.stringify(allMetadata)}`] : [];
  let end = 0;
  for (const [name, tensor] of sorted) {
    const begin = end;
    end += tensor.data.byteLength;
    const entry: SafetensorsEntry = { dtype: TAGS[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const header = new TextEncoder().encode(`{${entries.join(',')}}`);
  if (header.length > LONGEST_HEADER) {
    throw new CheckpointError({
      where: 'safetensors',
      problem: 'the header, with all names and metadata, is longer than the format allows',
      expected: `at most ${LONGEST_HEADER} bytes`,
      got: `${header.length} bytes`,
    });
  }
  const dataAt = LENGTH_BYTES + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(dataAt + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataAt - LENGTH_BYTES), true);
  bytes.set(header, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + header.length, dataAt);
  let at = dataAt;
  for (const [, { data }] of sorted) {
    bytes.set(bytesOf(data, 'safetensors'), at);
    at += data.byteLength;
  }
  if (allMetadata !== metadata) seal(bytes, readHeader(bytes, 'safetensors'));
  return bytes;
}

function checkTensor(name: string, { dtype, shape, data }: HostTensor): void {
  const where = `safetensors, tensor '${name}'`;
  if (name === METADATA) throw new CheckpointError({ where, problem: 'the format keeps this name for itself' });
  checkText(name, name);
  const size = shape.reduce((product, axis) => product * axis, 1);
  const whole = shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0);
  if (whole && Object.hasOwn(ARRAYS, dtype) && arrayKind(data) === ARRAYS[dtype] && data.length === size) return;
  throw new CheckpointError({
    where,
    problem: 'the data do not fit the dtype and shape',
    expected: whole ? `${size} values of ${dtype}, for the shape ${showShape(shape)}` : 'a shape of natural numbers',
    got: whole ? `${(data as ArrayLike<number> | undefined)?.length} in ${describeValue(data)}` : showShape(shape),
  });
}

function checkText(key: string, value: unknown): void {
  // Half a surrogate has no place in UTF-8: other readers would refuse the file.
  if (typeof value === 'string' && !/\p{Surrogate}/u.test(key + value)) return;
  throw new CheckpointError({
    where: `safetensors, '${key}'`,
    problem: 'names and metadata must be text',
    got: describeValue(value),
  });
}
