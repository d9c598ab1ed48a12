import { CheckpointError } from '../errors/kinds.js';
import { showShape } from '../module/Shape.js';
import { HeaderText } from './HeaderText.js';
import {
  BITS,
  type SafetensorsEntry as Entry,
  LENGTH_BYTES,
  LONGEST_HEADER,
  METADATA,
  shownName,
} from './safetensorsFormat.js';

/** What the header of a safetensors file says, and where the data begin. */
export interface SafetensorsHeader {
  /** In the order of the header. */
  readonly entries: readonly (readonly [string, Entry])[];
  /** Free text by key. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly dataAt: number;
}

/**
 * Reads and checks a header, as strictly as the format's own reader, and refuses names that repeat, as the format says.
 * @throws CheckpointError naming the file, the byte and what was expected there.
 */
export function readHeader(bytes: Uint8Array, where: string): SafetensorsHeader {
  const dataAt = endOfHeader(bytes, where);
  const header = new HeaderText(headerText(bytes.subarray(LENGTH_BYTES, dataAt), where), where);
  if (header.peek() !== '{') header.fail('the header is not a JSON object');
  const entries: [string, Entry][] = [];
  let metadata: Record<string, string> = {};
  header.object((name) => {
    if (name === METADATA) metadata = readMetadata(header, where);
    else entries.push([name, readEntry(header, name)]);
  });
  if (header.peek() !== '') header.fail('there is more than one JSON object in the header');
  checkLayout(entries, bytes.length - dataAt, dataAt, where);
  return { entries, metadata, dataAt };
}

function endOfHeader(bytes: Uint8Array, where: string): number {
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
  return dataAt;
}

function headerText(bytes: Uint8Array, where: string): string {
  try {
    // Damaged characters and byte order marks are refused, instead of being replaced or left out silently.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CheckpointError({
      where: `${where}, byte ${LENGTH_BYTES}`,
      problem: 'the header is not UTF-8',
      got: (cause as Error).message,
      mend: 'the file is damaged or of another format',
      cause,
    });
  }
}

function readMetadata(header: HeaderText, where: string): Record<string, string> {
  const texts: [string, string][] = [];
  const refuse = (): never => {
    const { place } = header;
    throw new CheckpointError({
      where: `${where}, ${METADATA} at ${place.slice(where.length + 2)}`,
      problem: 'metadata must be text by key',
      expected: '{ "key": "text" }',
    });
  };
  if (header.peek() === 'n') {
    header.skip();
    return {};
  }
  if (header.peek() !== '{') refuse();
  header.object((key) => {
    if (header.peek() !== '"') refuse();
    texts.push([key, header.string()]);
  });
  return Object.fromEntries(texts);
}

function readEntry(header: HeaderText, name: string): Entry {
  const malformed = (): never => {
    const { where, place } = header;
    throw new CheckpointError({
      where: `${where}, tensor ${shownName(name)}, ${place.slice(where.length + 2)}`,
      problem: 'the header entry is malformed',
      expected: '{ dtype, shape: [sizes], data_offsets: [begin, end] }, with sizes from 0 to 2^53 - 1',
    });
  };
  const naturals = (): number[] => {
    const list: number[] = [];
    if (header.peek() !== '[') malformed();
    header.list(() => void list.push(header.natural() ?? malformed()));
    return list;
  };
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  if (header.peek() !== '{') malformed();
  header.object((field) => {
    if (field === 'dtype') dtype = header.peek() === '"' ? header.string() : malformed();
    else if (field === 'shape') shape = naturals();
    else if (field === 'data_offsets') offsets = naturals();
    else header.skip(3);
  });
  if (dtype === undefined || shape === undefined || offsets?.length !== 2) return malformed();
  return { dtype, shape, data_offsets: [offsets[0]!, offsets[1]!] };
}

/** The tensors, in the order of their offsets, must fill the data without gap, overlap or rest. */
function checkLayout(
  entries: readonly (readonly [string, Entry])[],
  available: number,
  dataAt: number,
  where: string,
): void {
  let end = 0;
  for (const [name, entry] of [...entries].sort(([, a], [, b]) => compareOffsets(a, b))) {
    const [from, to] = entry.data_offsets;
    const at = `${where}, tensor ${shownName(name)} at byte ${dataAt + from}`;
    if (from !== end) {
      throw new CheckpointError({
        where: at,
        problem: from < end ? 'the tensor overlaps the one before' : 'there is a gap before the tensor',
        expected: `data_offsets from ${end}`,
        got: `[${from}, ${to}]`,
      });
    }
    const size = sizeOf(entry, at);
    if (to - from !== size) {
      throw new CheckpointError({
        where: at,
        problem: 'the size of the data does not match dtype and shape',
        expected: `${size} bytes for ${entry.dtype} ${shownShape(entry.shape)}`,
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

function sizeOf({ dtype, shape }: Entry, where: string): number {
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  if (bits === undefined) {
    throw new CheckpointError({
      where,
      problem: 'the dtype is none of the format',
      expected: Object.keys(BITS).join(', '),
      got: dtype.slice(0, 40),
      mend: 'save the tensor as F32',
    });
  }
  let size = bits;
  for (const axis of shape) {
    size *= axis;
    if (size > Number.MAX_SAFE_INTEGER) break;
  }
  if (size <= Number.MAX_SAFE_INTEGER && size % 8 === 0) return size / 8;
  throw new CheckpointError({
    where,
    problem: size % 8 === 0 ? 'the shape is beyond 2^53 bits' : 'the values do not fill whole bytes',
    got: `${dtype} ${shownShape(shape)}`,
  });
}

function shownShape(shape: readonly number[]): string {
  return shape.length > 16 ? `of ${shape.length} axes` : showShape(shape);
}

function compareOffsets(a: Entry, b: Entry): number {
  return a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1];
}
