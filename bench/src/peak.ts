// The speed of a run, and the limit it is compared with: a loop of multiply-adds on registers, compiled on the spot.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** The two builds of the compiled kernels. */
export type Build = 'simd' | 'relaxed';

/** Milliseconds of processor time that this process has had: what other processes take does not count. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** GFLOP/s: the best of many runs of about two milliseconds each. */
export function rate(flop: number, run: () => void): number {
  let repeats = 1;
  let best = Number.POSITIVE_INFINITY;
  const start = processorTime();
  for (let turn = 0; turn < 10 || processorTime() - start < 40; turn++) {
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
export async function loadPeak(build: Build): Promise<() => number> {
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
