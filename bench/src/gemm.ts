// How near to the processor's limit the matrix product of @espalier/backend-wasm comes, in both builds of its kernels.
//
//   npm run bench:gemm [file.json]
//
// The limit is measured in the same process: a loop of multiply-adds on registers. Everything is measured in turns, and the
// best turn of each counts: a machine that is shared runs slower for seconds at a time, and then slows products down more
// than registers.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { supportsRelaxedSimd } from '../../packages/backend-wasm/src/engine/support.js';
import { WasmEngine } from '../../packages/backend-wasm/src/engine/WasmEngine.js';
import { gemm, matrixAt } from '../../packages/backend-wasm/src/kernels/matmul/gemm.js';
import { type Build, loadPeak, rate } from './peak.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const generated = join(root, 'packages/backend-wasm/src/generated');
const BUILDS = { simd: 'espalier-simd.wasm', relaxed: 'espalier-relaxed.wasm' } as const;

/** m x k times k x n: cubes, and what training asks for with batches of 32. */
const SIZES = [
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
  [32, 784, 512],
  [32, 512, 512],
  [21632, 9, 32],
  [9, 21632, 32],
  [512, 64, 256],
  [4096, 128, 128],
  [1152, 64, 8192],
  [64, 8192, 1152],
  [32, 5408, 10],
] as const;
const FORMS = { nn: [false, false], tn: [true, false], nt: [false, true], tt: [true, true] } as const;

const TURNS = 4;

interface Row {
  readonly build: Build;
  readonly size: string;
  readonly form: string;
  readonly gflops: number;
  readonly ofPeak: number;
}

async function measure(build: Build): Promise<Row[]> {
  const peak = await loadPeak(build);
  const [tfjs, own] = ['tfjs-backend-wasm-simd.wasm', BUILDS[build]].map((file) => readFileSync(join(generated, file)));
  const engine = await WasmEngine.create({
    tfjs: Uint8Array.from(tfjs!),
    own: Uint8Array.from(own!),
    threads: 1,
    shared: false,
    guarded: false,
  });
  const cells = SIZES.flatMap(([m, k, n]) =>
    Object.entries(FORMS).map(([form, [tA, tB]]) => {
      const run = () => {
        const [a, b, c] = [m * k, k * n, m * n].map((count) => engine.allocate(count * 4, 'a matrix'));
        new Float32Array(engine.heap.buffer, a!, m * k).fill(0.5);
        new Float32Array(engine.heap.buffer, b!, k * n).fill(0.25);
        const left = matrixAt(a!, tA ? m : k, tA);
        const right = matrixAt(b!, tB ? k : n, tB);
        const gflops = rate(2 * m * n * k, () => gemm(engine, [m, n, k], left, right, c!));
        for (const at of [a, b, c]) engine.blocks.give(at!);
        return gflops;
      };
      return { size: `${m}x${k}x${n}`, form, run, gflops: 0 };
    }),
  );
  let limit = 0;
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, cell] of cells.entries()) {
      if (i % 4 === 0) limit = Math.max(limit, peak());
      cell.gflops = Math.max(cell.gflops, cell.run());
    }
  }
  return cells.map(({ size, form, gflops }) => ({ build, size, form, gflops, ofPeak: gflops / limit }));
}

const builds: Build[] = supportsRelaxedSimd() ? ['simd', 'relaxed'] : ['simd'];
const results: Row[] = [];
for (const build of builds) {
  const rows = await measure(build);
  results.push(...rows);
  console.log(
    `\n${build}: % of the peak on registers (GFLOP/s)\n${'m x k x n'.padEnd(16)}${Object.keys(FORMS)
      .map((form) => form.padStart(12))
      .join('')}`,
  );
  for (const size of new Set(rows.map((row) => row.size))) {
    const cells = rows
      .filter((row) => row.size === size)
      .map(({ gflops, ofPeak }) => `${Math.round(100 * ofPeak)}% (${gflops.toFixed(1)})`.padStart(12));
    console.log(size.padEnd(16) + cells.join(''));
  }
}
const file = process.argv[2];
if (file !== undefined) writeFileSync(file, `${JSON.stringify({ node: process.version, results }, null, 2)}\n`);
