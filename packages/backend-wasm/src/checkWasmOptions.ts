import { checkOptions, describeValue, type OptionTable, optionTable, ValueError } from '@espalier/core';
import type { KernelFamily } from './kernels/registerKernels.js';
import type { WasmOptions } from './WasmOptions.js';
import type { WasmWithOptions } from './wasmWith.js';

/** More threads than any machine has use for: each is an engine of JavaScript of its own. */
const MOST_THREADS = 256;

export const wasmOptions = /* @__PURE__ */ optionTable<WasmOptions>('wasm', {
  threads: 'integer',
  wasmPath: 'string|object|function',
  guarded: 'boolean',
});

export const wasmWithOptions = /* @__PURE__ */ optionTable<WasmWithOptions, WasmOptions>(
  'wasmWith',
  { families: 'list!' },
  { base: wasmOptions },
);

/**
 * Refuses options of `wasm` and `wasmWith` that cannot be meant.
 * @throws ValueError that names the option, what was expected and what came.
 */
export function checkWasmOptions<O extends WasmOptions>(options: O | undefined, table: OptionTable<O>): O {
  // Before the table, which would say of 1.5 that it is no whole number and not what threads are.
  const threads: unknown = options?.threads;
  if (typeof threads === 'number' && !(Number.isInteger(threads) && threads >= 1 && threads <= MOST_THREADS)) {
    throw new ValueError({
      where: `${table.owner}({ threads })`,
      problem: 'threads is how many threads compute',
      expected: `a whole number from 1 on, ${MOST_THREADS} at most`,
      got: String(threads),
      mend: 'leave it out to have one for each core',
    });
  }
  const checked = checkOptions(options, table);
  const { wasmPath } = checked;
  if (wasmPath !== undefined && typeof wasmPath !== 'function') requirePlace(`${table.owner}({ wasmPath })`, wasmPath);
  return checked;
}

/**
 * A place is a URL or text that is not empty.
 * @throws ValueError for others.
 */
export function requirePlace(where: string, place: unknown, problem = 'this is no folder'): void {
  if (typeof place === 'string' ? place !== '' : typeof (place as URL | undefined)?.href === 'string') return;
  throw new ValueError({
    where,
    problem,
    expected: 'a path or URL, as text that is not empty or as a URL object',
    got: describeValue(place),
  });
}

/** @throws ValueError where something is no family of kernels. */
export function checkFamilies(families: readonly KernelFamily[]): void {
  const wrong = Array.from(families).findIndex((family) => !Array.isArray((family as KernelFamily | null)?.kernels));
  if (wrong < 0) return;
  throw new ValueError({
    where: 'wasmWith({ families })',
    problem: `number ${wrong} is not a family of kernels`,
    expected: 'families of this package, such as matmulKernels',
    got: describeValue(families[wrong]),
  });
}
