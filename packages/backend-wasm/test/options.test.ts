import { type EspalierError, isEspalierError } from '@espalier/core';
import { describe, expect, test } from 'vitest';
import { readWasm } from '../src/engine/readWasm.js';
import { elementwiseKernels, matmulKernels } from '../src/families.js';
import { type WasmOptions, type WasmWithOptions, wasm, wasmWith } from '../src/index.js';

function refused(call: () => unknown): EspalierError {
  try {
    call();
  } catch (error) {
    if (isEspalierError(error, 'ValueError')) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** What is refused, and what the error must say. */
const wrong: [options: unknown, says: RegExp][] = [
  [{ thread: 2 }, /no option 'thread'[\s\S]*threads/],
  [{ num_threads: 2 }, /no option 'num_threads'[\s\S]*threads/],
  [{ wasm_path: '/x' }, /'wasm_path' is 'wasmPath'/],
  [{ wasmPaths: '/x' }, /wasmPath/],
  [{ simd: true }, /no option 'simd'/],
  // Of wasmWith the families are needed, whatever the number was meant for.
  [2, /write \(\{ (threads: 2|families: …) \}\)/],
  ['simd', /options are given by name/],
  [true, /options are given by name/],
  [null, /options are given by name/],
  [[], /options are given by name/],
  [() => 2, /options are given by name/],
  [new URL('file:///x'), /options are given by name/],
  ...[100_000, 1e9, 257, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 32 + 2].map(
    (threads): [unknown, RegExp] => [{ threads }, /threads[\s\S]*a whole number from 1 on, 256 at most/],
  ),
  ...['2', true, null, [2], {}, 2n].map((threads): [unknown, RegExp] => [{ threads }, /threads/]),
  ...['', 2, true, null, [], {}, ['/a']].map((wasmPath): [unknown, RegExp] => [{ wasmPath }, /wasmPath/]),
  ...['yes', 1, 0, null, {}].map((guarded): [unknown, RegExp] => [{ guarded }, /guarded/]),
];

describe.each([
  ['wasm', (options: unknown) => wasm(options as WasmOptions)],
  [
    'wasmWith',
    (options: unknown) =>
      wasmWith(
        (Object.prototype.toString.call(options) === '[object Object]'
          ? { families: [matmulKernels], ...(options as object) }
          : options) as WasmWithOptions,
      ),
  ],
])('%s', (name, call) => {
  test.each(wrong)('refuses %o', (options, says) => {
    const { message } = refused(() => call(options));
    expect(message).toMatch(says);
    expect(message).toMatch(new RegExp(`^${name}\\b`));
  });

  test.each([
    {},
    { threads: 1 },
    { threads: 256 },
    { guarded: true },
    { wasmPath: '/x' },
    { wasmPath: '.' },
    { wasmPath: new URL('file:///x') },
    { wasmPath: (file: string) => file },
    { threads: undefined },
  ])('takes %o', (options) => {
    expect(call(options).name).toBe('wasm');
  });
});

test.each([
  undefined,
  {},
  { families: undefined },
  { families: matmulKernels },
  { families: [matmulKernels.kernels] },
  { families: [elementwiseKernels, undefined] },
  { families: ['matmul'] },
])('wasmWith refuses %o', (options) => {
  expect(refused(() => wasmWith(options as WasmWithOptions)).message).toMatch(/families/);
});

test('wasm() without options is the usual call', () => {
  expect(wasm().name).toBe('wasm');
  expect(wasm(undefined).name).toBe('wasm');
});

test.each([undefined, '', 7, null])(
  'a function that answers with %o for the place of a file is refused',
  async (place) => {
    const error = await readWasm('espalier-simd.wasm', () => place as never).catch((reason: unknown) => reason);
    expect(isEspalierError(error, 'ValueError')).toBe(true);
    expect(String(error)).toContain('gives no place for espalier-simd.wasm');
  },
);
