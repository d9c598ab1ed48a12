// How near to the processor's limit the matrix product of @espalier/backend-wasm comes, in both builds of its kernels.
//
//   npm run bench:gemm [file.json]
//
// The limit is measured in the same process: a loop of multiply-adds on registers. Times are the least of many short runs.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { supportsRelaxedSimd } from '../../packages/backend-wasm/src/engine/support.js';
import { WasmEngine } from '../../packages/backend-wasm/src/engine/WasmEngine.js';
import { gemm, matrixAt } from '../../packages/backend-wasm/src/kernels/matmul/gemm.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const generated = join(root, 'packages/backend-wasm/src/generated');
const BUILDS = { simd: 'espalier-simd.wasm', relaxed: 'espalier-relaxed.wasm' } as const;
type Build = keyof typeof BUILDS;

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

interface Row {
  readonly build: Build;
  readonly size: string;
  readonly form: string;
  readonly gflops: number;
  readonly ofPeak: number;
}

/** Milliseconds of processor time that this process has had: what other processes take does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** GFLOP/s: the best of many runs of about two milliseconds each. */
function rate(flop: number, run: () => void): number {
  let repeats = 1;
  let best = Number.POSITIVE_INFINITY;
  const start = processorTime();
  for (let turn = 0; turn < 10 || processorTime() - start < 80; turn++) {
    const before = processorTime();
    for (let i = 0; i < repeats; i++) run();
    const took = (processorTime() - before) / repeats;
    // The first turns run code that is not optimised yet, and too few times to be measured.
    if (turn > 5) best = Math.min(best, took);
    else repeats = Math.max(1, Math.min(repeats * 8, Math.round(2 / took)));
  }
  return flop / best / 1e6;
}

interface PeakModule {
  readonly CHAINS: WebAssembly.Global<'i32'>;
  peak(turns: number, at: number): void;
}

/** The loop on registers of bench/assembly/peak.ts, on a memory of its own. */
async function loadPeak(build: Build): Promise<() => number> {
  const folder = mkdtempSync(join(tmpdir(), 'peak-'));
  const features = build === 'relaxed' ? ['--enable', 'relaxed-simd'] : [];
  const options = '-O3 --runtime stub --enable simd --importMemory --noAssert --outFile'.split(' ');
  const file = join(folder, 'peak.wasm');
  const compiler = join(root, 'packages/backend-wasm/node_modules/assemblyscript/bin/asc.js');
  const args = [compiler, 'bench/assembly/peak.ts', ...features, ...options, relative(root, file)];
  execFileSync(process.execPath, args, { cwd: root });
  const binary = readFileSync(file);
  rmSync(folder, { recursive: true });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { instance } = await WebAssembly.instantiate(binary, { env: { memory } });
  const { peak, CHAINS } = instance.exports as unknown as PeakModule;
  new Float32Array(memory.buffer, 1024, 52).fill(1e-3);
  const turns = 2_000;
  return () => rate(CHAINS.value * 8 * turns, () => peak(turns, 1024));
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
  const rows: Row[] = [];
  for (const [m, k, n] of SIZES) {
    const [a, b, c] = [m * k, k * n, m * n].map((count) => engine.allocate(count * 4, 'a matrix'));
    new Float32Array(engine.heap.buffer, a!, m * k).fill(0.5);
    new Float32Array(engine.heap.buffer, b!, k * n).fill(0.25);
    for (const [form, [tA, tB]] of Object.entries(FORMS)) {
      const left = matrixAt(a!, tA ? m : k, tA);
      const right = matrixAt(b!, tB ? k : n, tB);
      // Measured anew each time: the clock of a busy machine wanders.
      const limit = peak();
      const gflops = rate(2 * m * n * k, () => gemm(engine, [m, n, k], left, right, c!));
      rows.push({ build, size: `${m}x${k}x${n}`, form, gflops, ofPeak: gflops / Math.max(limit, peak()) });
    }
    for (const at of [a, b, c]) engine.blocks.give(at!);
  }
  return rows;
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
