import type { WasmEngine } from '../../engine/WasmEngine.js';

/** A matrix in the heap: strides are in elements, so that a transpose is two numbers swapped. */
export interface Matrix {
  readonly at: number;
  readonly row: number;
  readonly column: number;
}

/** Products with a depth beyond this, whose result is small, are cut along it: there is nothing else to divide. */
const LEAST_DEPTH_TO_CUT = 2048;
const LEAST_SLICE = 400;
const MOST_SLICES = 16;
const MOST_CUT_RESULT = 65_536;
/** Columns of a strip: a cache line of C. */
const STRIP_COLUMNS = 16;
const STRIP_ROWS = 4;
/** With so many columns a strip of them is worth as much as one of rows, and the packing of B is divided too. */
const MANY_COLUMNS = 256;
/** Multiplications and additions that are worth a thread: about 20 µs. */
const GRAIN_FLOP = 800_000;

/** A row-major matrix of `columns` columns, or the transpose of one. */
export function matrixAt(at: number, columns: number, transposed = false): Matrix {
  return transposed ? { at, row: 1, column: columns } : { at, row: columns, column: 1 };
}

export interface GemmOptions {
  /** Adds to C instead of overwriting it. */
  readonly accumulate?: boolean;
  /** The address of a bias of n values; 0 is none. */
  readonly bias?: number;
  /** A number of assembly/activation.ts. */
  readonly activation?: number;
  readonly alpha?: number;
}

/** The products of a batch: byte offsets of their A and B, one after the other. Their C follow each other. */
export type Products = readonly (readonly [a: number, b: number])[];

/** C[m, n] = activation(A[m, k] B[k, n] + bias), or with C added before the bias; C is row-major, k = 0 gives zeros. */
export function gemm(
  engine: WasmEngine,
  [m, n, k]: readonly [number, number, number],
  a: Matrix,
  b: Matrix,
  c: number,
  options: GemmOptions = {},
): void {
  // How the depth is cut depends on the sizes alone, so that the rounding does too.
  const plain = !options.bias && !options.activation;
  if (!plain || k < LEAST_DEPTH_TO_CUT || m * n > MOST_CUT_RESULT || m * n === 0) {
    run(engine, [m, n, k], a, b, c, options, 1, 0);
    return;
  }
  const slices = Math.min(MOST_SLICES, Math.floor(k / LEAST_SLICE));
  const depth = Math.ceil(k / slices);
  const table: number[] = [];
  for (let from = 0; from < k; from += depth) {
    table.push(from * a.column * 4, from * b.row * 4, Math.min(depth, k - from));
  }
  const count = table.length / 3;
  const partials = engine.allocate(count * m * n * 4 + table.length * 4, 'partial products');
  const tableAt = partials + count * m * n * 4;
  engine.putInts(tableAt, table);
  run(engine, [m, n, depth], a, b, partials, {}, count, tableAt);
  const sumArgs = [partials, count, m * n, c, options.accumulate ? 1 : 0];
  engine.split('sumSlices', sumArgs, Math.ceil((m * n) / 256), 16);
  engine.blocks.give(partials);
}

/** Many products of the same sizes at once. */
export function gemmBatch(
  engine: WasmEngine,
  sizes: readonly [number, number, number],
  a: Matrix,
  b: Matrix,
  c: number,
  products: Products,
  options: GemmOptions = {},
): void {
  const table = products.flatMap(([aAt, bAt]) => [aAt, bAt, sizes[2]]);
  const tableAt = engine.allocate(table.length * 4, 'the addresses of a batch');
  engine.putInts(tableAt, table);
  run(engine, sizes, a, b, c, options, products.length, tableAt);
  engine.blocks.give(tableAt);
}

/** Divides the products into strips of rows or columns, or, where there are many, into whole products. */
function run(
  engine: WasmEngine,
  [m, n, k]: readonly [number, number, number],
  a: Matrix,
  b: Matrix,
  c: number,
  { accumulate = false, bias = 0, activation = 0, alpha = 0 }: GemmOptions,
  products: number,
  table: number,
): void {
  if (m * n * products === 0) return;
  const byColumns = n >= m || (n >= MANY_COLUMNS && a.column === 1);
  let [rows, cols] = [m, n];
  if (products < 8 && byColumns) cols = STRIP_COLUMNS;
  else if (products < 8) rows = STRIP_ROWS;
  const strips = Math.max(Math.ceil(m / rows), Math.ceil(n / cols));
  const grain = Math.ceil(GRAIN_FLOP / (2 * Math.min(rows, m) * Math.min(cols, n) * Math.max(k, 1)));
  engine.split(
    'gemmRange',
    // biome-ignore format: the order of the kernel's parameters, in its groups.
    [
      m, n, k, a.at, a.row, a.column, b.at, b.row, b.column, c,
      accumulate ? 1 : 0, bias, activation, alpha, rows, cols, strips, table,
    ],
    products * strips,
    grain,
    engine.simd.gemmScratch(m, n, k),
  );
}
