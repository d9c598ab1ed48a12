// How near to the processor's limit the convolutions of @espalier/backend-wasm come, and how they compare with PyTorch,
// one thread each.
//
//   npm run bench:conv [part of a name]
//
// The limit is measured in the same process: a loop of multiply-adds on registers. PyTorch (where python3 has it) runs in
// turn with it. Rates count the multiplications of the definition, whatever the method saves of them.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { backend_util, type TensorInfo } from '@tensorflow/tfjs-core';
import { supportsRelaxedSimd } from '../../packages/backend-wasm/src/engine/support.js';
import { WasmEngine } from '../../packages/backend-wasm/src/engine/WasmEngine.js';
import {
  convolve,
  filterGradient,
  inputGradient,
} from '../../packages/backend-wasm/src/kernels/convolution/convolve.js';
import { loadPeak, rate } from './peak.js';

const here = dirname(fileURLToPath(import.meta.url));
const generated = join(here, '../../packages/backend-wasm/src/generated');

/** Size of the image, channels in and out, padding, groups, stride. */
const CASES: readonly (readonly [number, number, number, 'same' | 'valid', groups?: number, stride?: number])[] = [
  [28, 1, 32, 'valid'],
  [32, 3, 32, 'same'],
  [32, 32, 32, 'same'],
  [16, 32, 64, 'same'],
  [16, 64, 64, 'same'],
  // The four stages of ResNeXt-50 (32x4d), one that halves the image, and AlexNet's.
  [56, 128, 128, 'same', 32],
  [28, 256, 256, 'same', 32],
  [14, 512, 512, 'same', 32],
  [7, 1024, 1024, 'same', 32],
  [28, 256, 256, 'same', 32, 2],
  [13, 384, 256, 'same', 2],
];
const BATCH = 32;
const BATCH_IN_GROUPS = 4;

/** Asks the process of conv.py for milliseconds, or gives nothing where there is no PyTorch. */
function pytorch(): { ask(text: string): Promise<number[] | undefined>; stop(): void } {
  const child = spawn('python3', [join(here, 'conv.py')], { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async ask(text) {
      if (child.exitCode !== null || child.pid === undefined) return undefined;
      child.stdin.write(`${text}\n`);
      const { value, done } = await lines.next();
      return done ? undefined : JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}

const build = supportsRelaxedSimd() && !process.argv.includes('--plain') ? 'relaxed' : 'simd';
const peak = await loadPeak(build);
const [tfjs, own] = ['tfjs-backend-wasm-simd.wasm', `espalier-${build}.wasm`].map((file) =>
  readFileSync(join(generated, file)),
);
const engine = await WasmEngine.create({
  tfjs: Uint8Array.from(tfjs!),
  own: Uint8Array.from(own!),
  threads: 1,
  shared: false,
  guarded: false,
});
const make = (shape: number[]): TensorInfo => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i));
  return { dataId: engine.write(values, shape, 'float32'), shape, dtype: 'float32' };
};
const other = pytorch();
console.log(`${build}: % of the peak on registers (GFLOP/s), times PyTorch's speed`);
for (const [size, c, n, pad, groups = 1, stride = 1] of CASES) {
  const name = `${size}x${size} ${c}->${n} ${pad}${groups === 1 ? '' : ` / ${groups}`}${stride === 1 ? '' : ', by 2'}`;
  const batch = groups === 1 ? BATCH : BATCH_IN_GROUPS;
  const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  const info = backend_util.computeConv2DInfo([batch, size, size, c], [3, 3, c / groups, n], stride, 1, pad);
  const [x, filter, dy] = [make(info.inShape), make(info.filterShape), make(info.outShape)];
  const flop = (2 * batch * info.outHeight * info.outWidth * n * 9 * c) / groups;
  const passes = {
    forward: () => convolve('bench', engine, x, filter, info),
    filter: () => filterGradient('bench', engine, x, dy, info),
    input: () => inputGradient('bench', engine, dy, filter, info),
  };
  const theirs = await other.ask([batch, size, c, n, pad, groups, stride].join(' '));
  const cells = Object.entries(passes).map(([pass, run], i) => {
    const limit = peak();
    const gflops = rate(flop, () => engine.disposeData(run().dataId));
    const ofPeak = Math.round((100 * gflops) / Math.max(limit, peak()));
    const ratio = theirs === undefined ? '' : `, ${((gflops * theirs[i]!) / flop / 1e-6).toFixed(2)}x`;
    return `${pass} ${ofPeak}% (${gflops.toFixed(1)}${ratio})`;
  });
  console.log(name.padEnd(28), cells.join('   '));
  for (const { dataId } of [x, filter, dy]) engine.disposeData(dataId);
}
other.stop();
