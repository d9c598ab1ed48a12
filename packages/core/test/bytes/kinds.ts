import { runInNewContext } from 'node:vm';

/** Values of another realm, as those of a frame, a worker or a test runner's sandbox are: `instanceof` fails for them. */
const elsewhere = <T>(code: string, given: object = {}): T => runInNewContext(code, given) as T;

const between = (bytes: Uint8Array, buffer: ArrayBufferLike): Uint8Array => {
  const view = new Uint8Array(buffer, 3, bytes.length);
  new Uint8Array(buffer).fill(0xee);
  view.set(bytes);
  return view;
};

class OwnBytes extends Uint8Array {
  override slice(): OwnBytes {
    return this.subarray(0) as OwnBytes;
  }
}

type Resizable = new (length: number, options: { maxByteLength: number }) => ArrayBuffer;

/** The same bytes in every form that JavaScript has for them; where there is room around them, it is not zero. */
export const byteKinds: Record<string, (bytes: Uint8Array) => ArrayBufferView | ArrayBufferLike> = {
  'a Uint8Array': (bytes) => bytes,
  'a Uint8Array in the midst of memory': (bytes) => between(bytes, new ArrayBuffer(bytes.length + 8)),
  'a Buffer of the pool': (bytes) => Buffer.from(bytes),
  'a Buffer in the midst of memory': (bytes) => {
    const { buffer, byteOffset, byteLength } = between(bytes, new ArrayBuffer(bytes.length + 8));
    return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  },
  'an ArrayBuffer': (bytes) => bytes.slice().buffer,
  'a DataView': (bytes) => {
    const { buffer, byteOffset, byteLength } = between(bytes, new ArrayBuffer(bytes.length + 8));
    return new DataView(buffer, byteOffset, byteLength);
  },
  'an Int8Array': (bytes) => new Int8Array(bytes.slice().buffer),
  'a Uint8ClampedArray': (bytes) => new Uint8ClampedArray(bytes.slice().buffer),
  'a Uint8Array over shared memory': (bytes) => between(bytes, new SharedArrayBuffer(bytes.length + 8)),
  'a SharedArrayBuffer': (bytes) => {
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    return shared;
  },
  'a Uint8Array over resizable memory': (bytes) => {
    const memory = new (ArrayBuffer as unknown as Resizable)(bytes.length + 8, { maxByteLength: bytes.length + 16 });
    return between(bytes, memory);
  },
  'a subclass with a slice of its own': (bytes) => new OwnBytes(bytes),
  'a Uint8Array of another realm': (bytes) => elsewhere('Uint8Array.from(list)', { list: [...bytes] }),
  'an ArrayBuffer of another realm': (bytes) => elsewhere('Uint8Array.from(list).buffer', { list: [...bytes] }),
  'a DataView of another realm': (bytes) =>
    elsewhere('new DataView(Uint8Array.from(list).buffer)', { list: [...bytes] }),
  'a SharedArrayBuffer of another realm': (bytes) =>
    elsewhere('{ const s = new SharedArrayBuffer(list.length); new Uint8Array(s).set(list); s }', { list: [...bytes] }),
};

/** What is no bytes, and must be refused by name. */
export const notBytes: Record<string, () => unknown> = {
  text: () => 'text',
  'a list': () => [1, 2, 3],
  nothing: () => undefined,
  null: () => null,
  'a number': () => 3,
  'an object that says it is memory': () => ({ [Symbol.toStringTag]: 'ArrayBuffer', byteLength: 3 }),
  'an array whose memory was transferred away': () => {
    const bytes = new Uint8Array(3);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  'memory that was transferred away': () => {
    const memory = new ArrayBuffer(3);
    structuredClone(memory, { transfer: [memory] });
    return memory;
  },
  'an array whose memory has shrunk': () => {
    const memory = new (ArrayBuffer as unknown as Resizable)(8, { maxByteLength: 8 });
    const bytes = new Uint8Array(memory, 4, 4);
    (memory as unknown as { resize(length: number): void }).resize(2);
    return bytes;
  },
};

/** The numbers 3, 1, 2 in every kind of typed array, each with the dtype of the tensors made from it. */
export const numberKinds: Record<string, readonly ['float32' | 'int32', () => unknown]> = {
  Float32Array: ['float32', () => Float32Array.of(3, 1, 2)],
  'a Float32Array in the midst of memory': ['float32', () => Float32Array.of(9, 3, 1, 2, 9).subarray(1, 4)],
  Float64Array: ['float32', () => Float64Array.of(3, 1, 2)],
  Int8Array: ['float32', () => Int8Array.of(3, 1, 2)],
  Int16Array: ['float32', () => Int16Array.of(3, 1, 2)],
  Int32Array: ['int32', () => Int32Array.of(3, 1, 2)],
  Uint8Array: ['float32', () => Uint8Array.of(3, 1, 2)],
  Uint8ClampedArray: ['float32', () => Uint8ClampedArray.of(3, 1, 2)],
  Uint16Array: ['float32', () => Uint16Array.of(3, 1, 2)],
  Uint32Array: ['int32', () => Uint32Array.of(3, 1, 2)],
  BigInt64Array: ['int32', () => BigInt64Array.of(3n, 1n, 2n)],
  BigUint64Array: ['int32', () => BigUint64Array.of(3n, 1n, 2n)],
  'a Buffer': ['float32', () => Buffer.from([3, 1, 2])],
  'a Float32Array over shared memory': [
    'float32',
    () => {
      const shared = new Float32Array(new SharedArrayBuffer(12));
      shared.set([3, 1, 2]);
      return shared;
    },
  ],
  'an Int32Array over resizable memory': [
    'int32',
    () => {
      const numbers = new Int32Array(new (ArrayBuffer as unknown as Resizable)(12, { maxByteLength: 24 }));
      numbers.set([3, 1, 2]);
      return numbers;
    },
  ],
  'a subclass': ['float32', () => new (class extends Float32Array {})([3, 1, 2])],
  'a Float32Array of another realm': ['float32', () => elsewhere('Float32Array.of(3, 1, 2)')],
  'a Float64Array of another realm': ['float32', () => elsewhere('Float64Array.of(3, 1, 2)')],
  'an Int32Array of another realm': ['int32', () => elsewhere('Int32Array.of(3, 1, 2)')],
  'a Uint8Array of another realm': ['float32', () => elsewhere('Uint8Array.of(3, 1, 2)')],
  'a BigInt64Array of another realm': ['int32', () => elsewhere('BigInt64Array.of(3n, 1n, 2n)')],
};
