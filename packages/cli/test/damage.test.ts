import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, workFolder } from './cliProcess.js';
import { runMain } from './mainInProcess.js';

const cwd = workFolder();
const finished = join(cwd, 'finished');
let copies = 0;

/** A copy of a run whose training is done, or was stopped. */
function copyOfRun(status: 'finished' | 'interrupted'): string {
  const copy = join(cwd, `copy-${copies++}`);
  cpSync(finished, copy, { recursive: true });
  if (status === 'interrupted') {
    edit(copy, 'run.json', (text) => text.replace('"finished"', '"interrupted"'));
    rmSync(join(copy, 'model.safetensors'));
  }
  return copy;
}

function edit(run: string, file: string, change: (text: string) => string): void {
  writeFileSync(join(run, file), change(readFileSync(join(run, file), 'utf8')));
}

function newestCheckpoint(run: string): string {
  return join('checkpoints', readdirSync(join(run, 'checkpoints')).sort().at(-1)!);
}

function halve(run: string, file: string): void {
  truncateSync(join(run, file), Math.floor(readFileSync(join(run, file)).length / 2));
}

function flipByte(run: string, file: string): void {
  const bytes = readFileSync(join(run, file));
  bytes[bytes.length - 10]! ^= 1;
  writeFileSync(join(run, file), bytes);
}

beforeAll(async () => {
  const { code } = await runMain('train', 'sentences-lstm', '--epochs', '2', '--out', finished);
  expect(code).toBe(0);
}, 60_000);

const setting = (name: string, value: string) => (text: string) =>
  text.replace(new RegExp(`("${name}": )[^,\n]+`), `$1${value}`);

describe('a damaged run ends with 1 and names the file', () => {
  test.each<[string, (run: string) => void, string, RegExp]>([
    ['run.json is missing', (run) => rmSync(join(run, 'run.json')), 'run.json', /the file is missing/],
    ['run.json is cut', (run) => halve(run, 'run.json'), 'run.json', /truncated or damaged/],
    ['run.json is empty', (run) => edit(run, 'run.json', () => ''), 'run.json', /truncated or damaged/],
    ['run.json is no run', (run) => edit(run, 'run.json', () => '[]'), 'run.json', /not the description of a run/],
    ['of a later format', (run) => edit(run, 'run.json', setting('format', '99')), 'run.json', /format.*not known/],
    ['a setting is no number', (run) => edit(run, 'run.json', setting('seed', '"7"')), 'run.json', /settings\.seed/],
    [
      'an unknown recipe',
      (run) => edit(run, 'run.json', setting('recipe', '"sentences-lstn"')),
      'run.json',
      /no recipe/,
    ],
    ['model.json is missing', (run) => rmSync(join(run, 'model.json')), 'model.json', /the file is missing/],
    ['model.json is cut', (run) => halve(run, 'model.json'), 'model.json', /truncated or damaged/],
    ['model.json is no model', (run) => edit(run, 'model.json', () => '{}'), 'model.json', /does not describe a model/],
    [
      'an unknown layer',
      (run) => edit(run, 'model.json', (text) => text.replace('"LSTM"', '"LSTN"')),
      'model.json',
      /no layer class 'LSTN'/,
    ],
    [
      'weights are missing',
      (run) => rmSync(join(run, 'model.safetensors')),
      'model.safetensors',
      /the file is missing/,
    ],
    ['weights are cut', (run) => halve(run, 'model.safetensors'), 'model.safetensors', /truncated|bytes/],
    [
      'weights are empty',
      (run) => truncateSync(join(run, 'model.safetensors'), 0),
      'model.safetensors',
      /truncated|bytes/,
    ],
    ['tokenizer.json is cut', (run) => halve(run, 'tokenizer.json'), 'tokenizer.json', /truncated or damaged/],
    ['tokenizer.json is no tokenizer', (run) => edit(run, 'tokenizer.json', () => '{}'), 'tokenizer.json', /.*/],
  ])('%s', async (_, damage, file, problem) => {
    const run = copyOfRun('finished');
    damage(run);
    const { code, stdout, stderr } = await runMain('evaluate', run, '--json');
    expect(code).toBe(1);
    const [event] = eventsOf(stdout);
    expect(event).toMatchObject({ event: 'error', kind: expect.stringMatching(/^(Checkpoint|Data)Error$/) });
    expect(event?.where).toContain(file);
    expect(event?.message).toMatch(problem);
    expect(stderr).toMatch(/^error: /m);
    expect(stderr).not.toContain('    at ');
  });

  test.each<[string, (run: string, checkpoint: string) => void, RegExp]>([
    ['model.safetensors is cut', (run, at) => halve(run, join(at, 'model.safetensors')), /damaged/],
    ['a bit of the weights flipped', (run, at) => flipByte(run, join(at, 'model.safetensors')), /damaged/],
    ['optimizer.safetensors is missing', (run, at) => rmSync(join(run, at, 'optimizer.safetensors')), /missing/],
    ['training.json is cut', (run, at) => halve(run, join(at, 'training.json')), /not JSON|damaged/],
  ])('resuming from a checkpoint where %s', async (_, damage, problem) => {
    const run = copyOfRun('interrupted');
    const newest = newestCheckpoint(run);
    damage(run, newest);
    const { code, stdout } = await runMain('train', '--resume', run, '--json');
    expect(code).toBe(1);
    const event = eventsOf(stdout).at(-1);
    expect(event).toMatchObject({ event: 'error', kind: 'CheckpointError' });
    expect(event?.where).toContain(newest);
    expect(event?.message).toMatch(problem);
    // What the error tells to do works: without that checkpoint, the one before it serves.
    rmSync(join(run, newest), { recursive: true });
    expect((await runMain('train', '--resume', run)).code).toBe(0);
  });
});

test('a run killed before its first checkpoint begins again', async () => {
  const run = copyOfRun('interrupted');
  for (const file of ['checkpoints', 'model.json', 'tokenizer.json']) rmSync(join(run, file), { recursive: true });
  expect((await runMain('evaluate', run)).code).toBe(1);
  const { code } = await runMain('train', '--resume', run);
  expect(code).toBe(0);
  const weights = (path: string) => readFileSync(join(path, 'model.safetensors'));
  expect(weights(run).equals(weights(finished))).toBe(true);
});
