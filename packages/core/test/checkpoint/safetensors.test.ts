import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors, type HostTensor, isEspalierError } from '@espalier/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const golden = (file: string): URL => new URL(`../../../../parity/golden/${file}`, import.meta.url);
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(golden(file)));

const { tensors: expected } = JSON.parse(readFileSync(golden('safetensors.json'), 'utf8')) as {
  tensors: Record<string, { shape: number[]; values: string[] }>;
};
const numbers: Record<string, number> = { inf: Number.POSITIVE_INFINITY, '-inf': Number.NEGATIVE_INFINITY };
const parse = (text: string): number => numbers[text] ?? Number(text);

describe('files of the Python package', () => {
  const { tensors, metadata } = decodeSafetensors(bytesOf('safetensors-read.safetensors'), 'golden');

  it.each(Object.entries(expected))('reads %s', (name, { shape, values }) => {
    const tensor = tensors.get(name)!;
    expect(tensor.shape).toEqual(shape);
    expect([...tensor.data]).toEqual(values.map(parse));
  });

  it('reads nothing else, and the metadata', () => {
    expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
    expect(metadata).toEqual({ format: 'np' });
  });

  it('are the same, byte for byte, when written here', () => {
    const bytes = bytesOf('safetensors-written.safetensors');
    const { tensors, metadata } = decodeSafetensors(bytes, 'golden');
    const shuffled = new Map([...tensors].reverse());
    expect(Buffer.from(encodeSafetensors(shuffled, metadata)).equals(bytes)).toBe(true);
  });
});

const python = withoutPython();
if (python !== undefined) console.warn(`Skipped: the round trip through Python. ${python}`);

describe.skipIf(python !== undefined)('the Python package', () => {
  it('reads what is written here and gives it back', () => {
    const folder = mkdtempSync(join(tmpdir(), 'espalier-'));
    try {
      const bytes = encodeSafetensors(
        new Map<string, HostTensor>([
          [
            'conv2d/kernel',
            { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, -0.5, Number.NaN, 3e38, -0, 1e-45) },
          ],
          ['mask', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
          ['0', { dtype: 'int32', shape: [], data: Int32Array.of(-7) }],
        ]),
        { written: 'here' },
      );
      writeFileSync(join(folder, 'a.safetensors'), bytes);
      const script = [
        'import sys',
        'from safetensors import safe_open',
        'from safetensors.numpy import save_file',
        'f = safe_open(sys.argv[1], "np")',
        'save_file({k: f.get_tensor(k) for k in f.keys()}, sys.argv[2], f.metadata())',
      ].join('\n');
      execFileSync('python3', ['-c', script, join(folder, 'a.safetensors'), join(folder, 'b.safetensors')]);
      expect(readFileSync(join(folder, 'b.safetensors')).equals(bytes)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('encode and decode', () => {
  it('give back what was written, wherever the bytes lie', () => {
    const tensor = fc.array(fc.float(), { maxLength: 20 }).map((values): HostTensor => {
      return { dtype: 'float32', shape: [values.length], data: Float32Array.from(values) };
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'grapheme' }), tensor),
        fc.integer({ min: 0, max: 9 }),
        (named, shift) => {
          const tensors = new Map(Object.entries(named));
          const bytes = encodeSafetensors(tensors);
          const within = new Uint8Array(bytes.length + shift);
          within.set(bytes, shift);
          const back = decodeSafetensors(within.subarray(shift), 'memory').tensors;
          expect(new Map([...back].sort())).toEqual(new Map([...tensors].sort()));
        },
      ),
    );
  });

  it('never read damaged bytes as something else than CheckpointError', () => {
    const good = encodeSafetensors(
      new Map<string, HostTensor>([['w', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }]]),
    );
    const at = fc.integer({ min: 0, max: good.length - 9 });
    fc.assert(
      fc.property(at, fc.integer({ min: 0, max: 255 }), fc.boolean(), (position, byte, cut) => {
        const bytes = cut ? good.slice(0, position) : good.slice();
        if (!cut) bytes[position] = byte;
        try {
          decodeSafetensors(bytes, 'memory');
          // Whoever reads without complaint must have read whole tensors.
          expect(cut).toBe(false);
        } catch (error) {
          expect(isEspalierError(error, 'CheckpointError'), String(error)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each<[string, string, HostTensor]>([
    ['too few values', 'w', { dtype: 'float32', shape: [2, 2], data: new Float32Array(3) }],
    ['the name of the metadata', '__metadata__', { dtype: 'float32', shape: [], data: new Float32Array(1) }],
    ['an array of another width', 'w', { dtype: 'int16', shape: [1], data: new Int32Array(1) as never }],
  ])('refuse to write %s', (_what, name, tensor) => {
    expect(() => encodeSafetensors(new Map([[name, tensor]]))).toThrow(`'${name}'`);
  });
});

/** A file with this header, as text or as entries, and this many bytes of data. */
function file(header: unknown, dataBytes: number, claimed?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

it.each<[string, Uint8Array, RegExp]>([
  ['an empty file', new Uint8Array(0), /w\.safetensors, byte 0: the file is too short.*at least 8 bytes.*0 bytes/s],
  ['a length beyond the limit', file({}, 0, 100_000_001n), /header is too long.*100000000.*100000001/s],
  ['a length beyond 2^53', file({}, 0, 2n ** 64n - 1n), /header is too long.*18446744073709551615/s],
  ['a header that is cut off', file({}, 0, 50n), /byte 8: the header goes beyond the end.*50 bytes.*2 bytes/s],
  ['no JSON', file('{"a":', 0), /byte 13.*the header entry is malformed/s],
  ['a header that breaks off', file('{"ä" ', 0), /byte 14: the header is not JSON.*the end of the header/s],
  ['a header that is a list', file([], 0), /not a JSON object/s],
  [
    'metadata that is not text',
    file({ __metadata__: { epoch: 3 } }, 0),
    /__metadata__ at byte \d+: metadata must be text/s,
  ],
  [
    'an entry without shape',
    file({ w: { dtype: 'F32', data_offsets: [0, 4] } }, 4),
    /tensor 'w', byte \d+: the header entry/s,
  ],
  ['a negative size', file({ w: f32([-1], 0, 4) }, 4), /tensor 'w', byte 37: the header entry is malformed/s],
  ['an unknown dtype', file({ w: { ...f32([1], 0, 4), dtype: 'F128' } }, 4), /the dtype is none of the format.*F128/s],
  ['a dtype that objects have', file({ w: { ...f32([1], 0, 4), dtype: 'constructor' } }, 4), /the dtype is none/s],
  [
    'too little data for the shape',
    file({ w: f32([2], 0, 4) }, 4),
    /tensor 'w' at byte \d+: the size.*8 bytes.*4 bytes/s,
  ],
  ['a gap', file({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), /'b' at byte \d+: there is a gap.*from 4.*\[8, 12\]/s],
  ['a gap at the start', file({ a: f32([1], 4, 8) }, 8), /'a' at byte \d+: there is a gap/s],
  ['an overlap', file({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, 8), /tensor 'b' at byte \d+: the tensor overlaps/s],
  ['offsets that go back', file({ a: f32([1], 4, 0) }, 4), /tensor 'a'/s],
  ['data that are cut off', file({ a: f32([2], 0, 8) }, 7), /the data are cut off.*8 bytes.*7 bytes/s],
  ['bytes left over', file({ a: f32([1], 0, 4) }, 6), /byte \d+: there are bytes that belong to no tensor/s],
  [
    'a name twice',
    file(`{"a":${JSON.stringify(f32([0], 0, 0))},"a":${JSON.stringify(f32([0], 0, 0))}}`, 0),
    /byte \d+: a name is there twice: "a"/,
  ],
])('refuses %s, naming file and place', (_what, bytes, message) => {
  const read = (): unknown => decodeSafetensors(bytes, 'w.safetensors');
  expect(read).toThrow(/^w\.safetensors/);
  expect(read).toThrow(message);
});

describe('a tensor that no dtype here can hold', () => {
  const bits: Record<string, number> = {
    U8: 8,
    U16: 16,
    U32: 32,
    U64: 64,
    I64: 64,
    BOOL: 8,
    F4: 4,
    F6_E2M3: 6,
    C64: 64,
  };
  for (const name of ['F6_E3M2', 'F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'F8_E4M3FNUZ', 'F8_E5M2FNUZ']) {
    bits[name] = name.startsWith('F6') ? 6 : 8;
  }
  /** A readable tensor, and eight values of the other dtype, all of whose bits are set. */
  const odd = (dtype: string): Uint8Array => {
    const bytes = file(
      { odd: { dtype, shape: [8], data_offsets: [4, 4 + bits[dtype]!] }, good: f32([1], 0, 4) },
      4 + bits[dtype]!,
    );
    bytes.fill(0xff, bytes.length - bits[dtype]!);
    return bytes;
  };

  it.each<[string, RegExp]>([
    ['C64', /complex/],
    ['F4', /small/],
    ['F6_E2M3', /small/],
    ['F6_E3M2', /small/],
    ['F8_E4M3', /small/],
    ['F8_E5M2', /small/],
    ['F8_E8M0', /small/],
    ['F8_E4M3FNUZ', /small/],
    ['F8_E5M2FNUZ', /small/],
    ['U32', /does not fit int32: 4294967295 at index 0/],
    ['U64', /does not fit int32: 18446744073709551615 at index 0/],
    ['BOOL', /neither 0 nor 1: 255 at index 0/],
  ])('%s is named, and refused only when it is asked for', (dtype, reason) => {
    const { tensors, unsupported } = decodeSafetensors(odd(dtype), 'w.safetensors');
    expect([...tensors.keys()]).toEqual(['good']);
    expect([...tensors.get('good')!.data]).toEqual([0]);
    expect(unsupported).toEqual([{ name: 'odd', dtype, shape: [8], reason: expect.stringMatching(reason) }]);
    expect(tensors.get('other')).toBeUndefined();
    const ask = (): unknown => tensors.get('odd');
    expect(ask).toThrow(/^w\.safetensors, tensor 'odd': the tensor is in the file but cannot be read/);
    expect(ask).toThrow(reason);
  });

  it.each<[string, number[]]>([
    ['U16', Array.from({ length: 8 }, () => 65535)],
    ['I64', Array.from({ length: 8 }, () => -1)],
  ])('%s that fits int32 is read', (dtype, values) => {
    const { tensors, unsupported } = decodeSafetensors(odd(dtype), 'w.safetensors');
    expect(unsupported).toEqual([]);
    expect([tensors.get('odd')!.dtype, ...tensors.get('odd')!.data]).toEqual(['int32', ...values]);
  });

  it.each(['U32', 'U64', 'I64'])('%s at the ends of int32', (dtype) => {
    const bytes = file({ n: { dtype, shape: [1], data_offsets: [0, bits[dtype]! / 8] } }, bits[dtype]! / 8);
    const view = new DataView(bytes.buffer, bytes.length - bits[dtype]! / 8);
    const set = (value: bigint) =>
      dtype === 'U32' ? view.setUint32(0, Number(value), true) : view.setBigUint64(0, BigInt.asUintN(64, value), true);
    const least = dtype === 'I64' ? -(2n ** 31n) : 0n;
    for (const value of [least, 2n ** 31n - 1n]) {
      set(value);
      expect(decodeSafetensors(bytes, 'w').tensors.get('n')!.data[0]).toBe(Number(value));
    }
    for (const value of dtype === 'I64' ? [least - 1n, 2n ** 31n] : [2n ** 31n]) {
      set(value);
      expect(decodeSafetensors(bytes, 'w').unsupported[0]?.reason).toContain(`${value} at index 0`);
    }
  });
});

describe('what the Python package makes of odd files', () => {
  const { files } = JSON.parse(readFileSync(golden('safetensors-verdicts.json'), 'utf8')) as {
    files: Record<string, { hex: string; error?: string; tensors?: Record<string, [string, number[]]> }>;
  };
  /** Where this reader is the stricter one: the format forbids names that repeat, and there are no such integers here. */
  const STRICTER = ['a name twice', 'a key of metadata twice', 'an axis of 2^53 + 1 and one of 0'];

  it.each(Object.entries(files))('%s', (name, { hex, tensors }) => {
    const bytes = Buffer.from(hex, 'hex');
    if (tensors === undefined || STRICTER.includes(name)) {
      const error = (() => {
        try {
          return decodeSafetensors(bytes, 'odd.safetensors');
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(isEspalierError(error, 'CheckpointError'), String(error)).toBe(true);
      expect(String(error)).toMatch(/odd\.safetensors, .*(byte \d+)/);
      return;
    }
    const read = decodeSafetensors(bytes, 'odd.safetensors');
    const shapes = [...read.tensors].map(([key, { shape }]) => [key, shape] as const);
    for (const { name: key, shape } of read.unsupported) shapes.push([key, shape]);
    expect(Object.fromEntries(shapes)).toEqual(
      Object.fromEntries(Object.entries(tensors).map(([key, [, shape]]) => [key, shape])),
    );
  });

  it('keeps odd names and metadata, in the order of the file', () => {
    const read = (name: string) => decodeSafetensors(Buffer.from(files[name]!.hex, 'hex'), name);
    expect([...read('the name 0').tensors.keys()]).toEqual(['b', '0']);
    expect([...read('the name __proto__').tensors.keys()]).toEqual(['__proto__']);
    expect(Object.entries(read('metadata').metadata)).toEqual([
      ['a', 'b'],
      ['__proto__', 'c'],
      ['', 'd'],
    ]);
  });
});

it('takes a header of deep or long junk in linear time', () => {
  const start = performance.now();
  for (const junk of ['[', '{"a":', '[0,', '"', '\\"', '9', '-', ' ', '\u00e4']) {
    for (const prefix of ['', '{"a":', '{"a":{"x":', '{"a":{"shape":[', '{"__metadata__":{"a":"']) {
      expect(() => decodeSafetensors(file(prefix + junk.repeat(2e5), 0), 'w')).toThrow(/^w/);
    }
  }
  expect(performance.now() - start).toBeLessThan(20_000);
});

it.each<[string, string, unknown, Record<string, unknown>?]>([
  ['a float32 in an Int32Array', 'w', { dtype: 'float32', shape: [1], data: new Int32Array(1) }],
  ['a dtype that is none', 'w', { dtype: 'constructor', shape: [1], data: new Float32Array(1) }],
  ['a negative axis', 'w', { dtype: 'float32', shape: [-1, -1], data: new Float32Array(1) }],
  ['data in a list', 'w', { dtype: 'float32', shape: [1], data: [1] }],
  ['half a surrogate', 'w\ud800', { dtype: 'float32', shape: [1], data: new Float32Array(1) }],
  ['metadata that is no text', 'w', { dtype: 'float32', shape: [1], data: new Float32Array(1) }, { w: 3 }],
])('refuses to write %s', (_what, name, tensor, metadata) => {
  const write = () => encodeSafetensors(new Map([[name, tensor as HostTensor]]), metadata as Record<string, string>);
  expect(write).toThrow(/^safetensors, .*'w/);
});

/** Why the round trip cannot be run here; undefined where it can. */
function withoutPython(): string | undefined {
  try {
    execFileSync('python3', ['-c', 'import safetensors.numpy'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `python3 cannot import safetensors.numpy: ${(error as Error).message.split('\n')[0]}`;
  }
}
