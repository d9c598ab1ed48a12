import { type Bytes, bytesOf } from '../bytes/bytesOf.js';
import { CheckpointError } from '../errors/kinds.js';
import { showShape } from '../module/Shape.js';
import type { HostTensor } from './HostTensor.js';
import { readElements } from './readElements.js';
import { type SafetensorsEntry as Entry, LENGTH_BYTES, METADATA, WIDTHS } from './safetensorsFormat.js';

/** What a safetensors file holds. */
export interface Safetensors {
  /** In the order of the header. */
  readonly tensors: Map<string, HostTensor>;
  /** Free text by key, where the writer left any. */
  readonly metadata: Record<string, string>;
}

/** The limit that the format sets, so that a forged length cannot take all memory. */
const LONGEST_HEADER = 100_000_000;

/**
 * Reads a safetensors file and refuses whatever the format forbids: a header that is cut off, too long or not JSON,
 * sizes that do not match the shape, tensors that overlap or leave gaps, bytes left over. The tensors are copies.
 *
 * F16 and BF16 become float32; I64 becomes int32 where every value fits and is refused where not.
 *
 * @param where The file's name, for errors.
 * @throws CheckpointError naming the file, the byte and what was expected there.
 * @see https://huggingface.co/docs/safetensors
 */
export function decodeSafetensors(file: Bytes, where: string): Safetensors {
  const bytes = bytesOf(file, where);
  const { header, dataAt } = readHeader(bytes, where);
  const tensors = new Map<string, HostTensor>();
  const metadata: Record<string, string> = {};
  const entries: [string, Entry][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === METADATA) Object.assign(metadata, checkMetadata(value, where));
    else entries.push([name, checkEntry(name, value, where)]);
  }
  checkLayout(entries, bytes.length - dataAt, dataAt, where);
  for (const [name, { dtype, shape, data_offsets }] of entries) {
    const at = dataAt + data_offsets[0];
    const place = `${where}, tensor '${name}' at byte ${at}`;
    tensors.set(name, readElements(dtype, shape, bytes.slice(at, dataAt + data_offsets[1]), place));
  }
  return { tensors, metadata };
}

function readHeader(bytes: Uint8Array, where: string): { header: Record<string, unknown>; dataAt: number } {
  const cutOff = 'the file was cut off: copy or download it again';
  if (bytes.length < LENGTH_BYTES) {
    throw new CheckpointError({
      where: `${where}, byte 0`,
      problem: 'the file is too short to be safetensors',
      expected: `at least ${LENGTH_BYTES} bytes`,
      got: `${bytes.length} bytes`,
      mend: cutOff,
    });
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > LONGEST_HEADER) {
    throw new CheckpointError({
      where: `${where}, byte 0`,
      problem: 'the header is too long',
      expected: `at most ${LONGEST_HEADER} bytes`,
      got: `${length} bytes`,
      mend: 'check that this is a safetensors file, not HDF5, pickle or a zip archive',
    });
  }
  const dataAt = LENGTH_BYTES + Number(length);
  if (dataAt > bytes.length) {
    throw new CheckpointError({
      where: `${where}, byte ${LENGTH_BYTES}`,
      problem: 'the header goes beyond the end of the file',
      expected: `${length} bytes of header`,
      got: `${bytes.length - LENGTH_BYTES} bytes`,
      mend: cutOff,
    });
  }
  let header: unknown;
  try {
    // 'fatal' refuses bytes that are not UTF-8 instead of replacing them silently.
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(LENGTH_BYTES, dataAt)));
  } catch (cause) {
    throw new CheckpointError({
      where: `${where}, byte ${LENGTH_BYTES}`,
      problem: 'the header is not JSON',
      got: (cause as Error).message,
      mend: 'the file is damaged or of another format',
      cause,
    });
  }
  if (!isRecord(header)) {
    throw new CheckpointError({
      where: `${where}, byte ${LENGTH_BYTES}`,
      problem: 'the header is not a JSON object',
      got: JSON.stringify(header).slice(0, 80),
    });
  }
  return { header, dataAt };
}

function checkMetadata(value: unknown, where: string): Record<string, string> {
  if (isRecord(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new CheckpointError({
    where: `${where}, ${METADATA}`,
    problem: 'metadata must be text by key',
    got: JSON.stringify(value).slice(0, 80),
  });
}

function checkEntry(name: string, value: unknown, where: string): Entry {
  const { dtype, shape, data_offsets: offsets } = isRecord(value) ? value : {};
  const counts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (typeof dtype === 'string' && counts(shape) && counts(offsets) && offsets.length === 2) {
    return { dtype, shape, data_offsets: [offsets[0]!, offsets[1]!] };
  }
  throw new CheckpointError({
    where: `${where}, tensor '${name}'`,
    problem: 'the header entry is malformed',
    expected: '{ dtype, shape: [sizes], data_offsets: [begin, end] }',
    got: JSON.stringify(value).slice(0, 120),
  });
}

/** The tensors, in the order of their offsets, must fill the data without gap, overlap or rest. */
function checkLayout(entries: readonly [string, Entry][], available: number, dataAt: number, where: string): void {
  let end = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => compareOffsets(a, b))) {
    const [from, to] = entry.data_offsets;
    const at = `${where}, tensor '${name}' at byte ${dataAt + from}`;
    if (from !== end) {
      throw new CheckpointError({
        where: at,
        problem: from < end ? 'the tensor overlaps the one before' : 'there is a gap before the tensor',
        expected: `data_offsets from ${end}`,
        got: `[${from}, ${to}]`,
      });
    }
    const width = WIDTHS.get(entry.dtype);
    if (width === undefined) {
      throw new CheckpointError({
        where: at,
        problem: 'the dtype cannot be read',
        expected: [...WIDTHS.keys()].join(', '),
        got: entry.dtype,
        mend: 'save the tensors as F32',
      });
    }
    const size = entry.shape.reduce((product, axis) => product * axis, width);
    if (to - from !== size) {
      throw new CheckpointError({
        where: at,
        problem: 'the size of the data does not match dtype and shape',
        expected: `${size} bytes for ${entry.dtype} ${showShape(entry.shape)}`,
        got: `${to - from} bytes`,
      });
    }
    end = to;
  }
  if (end !== available) {
    throw new CheckpointError({
      where: `${where}, byte ${dataAt + Math.min(end, available)}`,
      problem: end > available ? 'the data are cut off' : 'there are bytes that belong to no tensor',
      expected: `${end} bytes of data`,
      got: `${available} bytes`,
      mend: 'copy or download the file again',
    });
  }
}

function compareOffsets(a: Entry, b: Entry): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
