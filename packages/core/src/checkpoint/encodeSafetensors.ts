import { CheckpointError } from '../errors/kinds.js';
import { showShape } from '../module/Shape.js';
import type { HostDType, HostTensor } from './HostTensor.js';
import { LENGTH_BYTES, METADATA, type SafetensorsEntry, WIDTHS } from './safetensorsFormat.js';

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

/**
 * Writes tensors as a safetensors file: the length of the header (8 bytes, little-endian), the header (JSON, padded by
 * blanks so that the data begin at a multiple of 8), the data. Wide dtypes come first and names are sorted within a
 * dtype, so every tensor is aligned and the same tensors give the same bytes.
 *
 * @param metadata Free text by key.
 * @throws CheckpointError where a tensor's data do not fit its dtype and shape, or a name is `__metadata__`.
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
): Uint8Array<ArrayBuffer> {
  const rank = (tensor: HostTensor): number => Object.keys(TAGS).indexOf(tensor.dtype);
  const sorted = [...tensors].sort(([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : 1));
  // Built as text: an object would move keys such as '0' to the front.
  const entries = Object.keys(metadata).length > 0 ? [`${JSON.stringify(METADATA)}:${JSON.stringify(metadata)}`] : [];
  let end = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(name, tensor);
    const begin = end;
    end += tensor.data.byteLength;
    const entry: SafetensorsEntry = { dtype: TAGS[tensor.dtype], shape: tensor.shape, data_offsets: [begin, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  }
  const header = new TextEncoder().encode(`{${entries.join(',')}}`);
  const dataAt = LENGTH_BYTES + Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(dataAt + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(dataAt - LENGTH_BYTES), true);
  bytes.set(header, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + header.length, dataAt);
  let at = dataAt;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

function checkTensor(name: string, { dtype, shape, data }: HostTensor): void {
  const where = `safetensors, tensor '${name}'`;
  if (name === METADATA) throw new CheckpointError({ where, problem: 'the format keeps this name for itself' });
  const size = shape.reduce((product, axis) => product * axis, 1);
  if (data.length !== size || data.BYTES_PER_ELEMENT !== WIDTHS.get(TAGS[dtype])) {
    throw new CheckpointError({
      where,
      problem: 'the data do not fit the dtype and shape',
      expected: `${size} values of ${dtype}, for the shape ${showShape(shape)}`,
      got: `${data.length} in a ${data.constructor.name}`,
    });
  }
}
