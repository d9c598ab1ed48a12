import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, runCli, workFolder } from './cliProcess.js';
import { runMain } from './mainInProcess.js';

// One run, trained once in a process of its own; the tests then use it in others, as people do.
const cwd = workFolder();
let trained: Awaited<ReturnType<typeof runCli>>;

beforeAll(async () => {
  trained = await runCli(['train', 'sentences-lstm'], cwd);
}, 60_000);

describe('train', () => {
  test('learns the three sentences with its defaults, and says what to do next', () => {
    expect(trained.code).toBe(0);
    expect(trained.stdout).toMatch(/accuracy +100\.00 %/);
    for (const [text, label] of [
      ['I love AI', 'positive'],
      ['AI is awesome', 'positive'],
      ['I hate AI', 'negative'],
    ]) {
      expect(trained.stdout).toMatch(new RegExp(`${text}\n(.*\n){2} +${label} ✓`));
    }
    expect(trained.stdout).toContain('The run is in runs/sentences-lstm-1.');
    expect(trained.stdout).toContain('npx @espalier/cli train --resume runs/sentences-lstm-1 --epochs 60');
  });

  test('prints one line an epoch and no control characters where there is no terminal', () => {
    expect(trained.stdout.match(/^Epoch +\d+\/30 /gm)).toHaveLength(30);
    expect(trained.stdout).not.toMatch(/\p{Cc}(?<!\n)/u);
  });

  test('keeps all that it takes to use the run elsewhere', () => {
    const files = ['run.json', 'model.json', 'tokenizer.json', 'model.safetensors', 'history.json', 'checkpoints'];
    for (const file of files) expect(existsSync(join(cwd, 'runs/sentences-lstm-1', file))).toBe(true);
    const manifest = JSON.parse(readFileSync(join(cwd, 'runs/sentences-lstm-1/run.json'), 'utf8'));
    expect(manifest).toMatchObject({
      format: 1,
      recipe: 'sentences-lstm',
      status: 'finished',
      settings: { backend: 'wasm', epochs: 30, batchSize: 3, learningRate: 0.01, seed: 0 },
      backend: { name: 'wasm' },
      result: { accuracy: 1 },
    });
  });

  test('with --json, standard output is events and nothing else', async () => {
    const args = ['train', 'sentences-lstm', '--epochs', '2', '--limit-train', '2', '--limit-test', '1', '--json'];
    const { code, stdout, stderr } = await runCli(args, cwd);
    const events = eventsOf(stdout);
    expect(code).toBe(0);
    expect(events.map(({ event }) => event)).toEqual(['start', 'epoch', 'epoch', 'result']);
    const run = 'runs/sentences-lstm-2';
    expect(events[0]).toMatchObject({ recipe: 'sentences-lstm', run, trainExamples: 2, testExamples: 1 });
    expect(events[1]).toMatchObject({ epoch: 1, epochs: 2, steps: 1, loss: expect.any(Number) });
    expect(events[1]).toHaveProperty('valAccuracy');
    expect(events[3]).toMatchObject({
      recipe: 'sentences-lstm',
      backend: { name: 'wasm', threads: expect.any(Number) },
      epochs: 2,
      trainSeconds: expect.any(Number),
      loss: expect.any(Number),
      accuracy: expect.any(Number),
      run,
    });
    expect(stderr).toContain('The run is in');
  });
});

describe('train --resume', () => {
  const path = join(cwd, 'runs/sentences-lstm-1');

  test('says that a finished run is finished', async () => {
    const { code, stdout } = await runMain('train', '--resume', path);
    expect(code).toBe(0);
    expect(stdout).toContain('is finished: all its 30 epochs are trained');
    expect(stdout).toContain(`npx @espalier/cli train --resume ${path} --epochs 60`);
  });

  test.each([
    [['mnist-cnn'], 'is a run of another recipe'],
    [['--seed', '3'], '--seed: a resumed run keeps its settings'],
    [['--batch-size', '1'], '--batch-size: a resumed run keeps its settings'],
    [['--out', 'elsewhere'], '--out: a resumed run keeps its settings'],
    [['--epochs', '29'], 'can be made longer, not shorter'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runMain('train', ...args, '--resume', path);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });

  test('trains for longer, exactly as if it had been asked for at once', async () => {
    const settings = ['--seed', '1', '--json'];
    await runCli(['train', 'sentences-lstm', '--epochs', '3', ...settings, '--out', 'short'], cwd);
    const longer = await runCli(['train', '--resume', 'short', '--epochs', '6', '--json'], cwd);
    expect(eventsOf(longer.stdout).map(({ event, epoch }) => epoch ?? event)).toEqual(['resume', 4, 5, 6, 'result']);
    await runCli(['train', 'sentences-lstm', '--epochs', '6', ...settings, '--out', 'long'], cwd);
    const weights = (name: string) => readFileSync(join(cwd, name, 'model.safetensors'));
    expect(weights('short').equals(weights('long'))).toBe(true);
  });
});

describe('evaluate and predict', () => {
  const run = 'runs/sentences-lstm-1';

  test('evaluate finds the figures of training again', async () => {
    const [last] = eventsOf((await runCli(['evaluate', run, '--json'], cwd)).stdout);
    const { result } = JSON.parse(readFileSync(join(cwd, run, 'run.json'), 'utf8'));
    expect(last).toMatchObject({ event: 'result', examples: 3, ...result });
  });

  test('predict takes texts, files and standard input', async () => {
    writeFileSync(join(cwd, 'bad.txt'), 'I hate AI\n');
    const { code, stdout } = await runCli(
      ['predict', run, 'I love AI', 'bad.txt', '-', '--json'],
      cwd,
      'AI is awesome',
    );
    expect(code).toBe(0);
    const events = eventsOf(stdout);
    expect(events.map(({ input, label }) => [input, label])).toEqual([
      ['I love AI', 'positive'],
      ['bad.txt', 'negative'],
      ['standard input', 'positive'],
    ]);
    for (const { probabilities } of events) {
      const values = Object.values(probabilities as Record<string, number>);
      expect(values[0]! + values[1]!).toBeCloseTo(1, 6);
    }
  });

  test('people see the text once, with both probabilities', async () => {
    const { stdout } = await runMain('predict', join(cwd, run), 'I hate AI');
    expect(stdout).toMatch(/^I hate AI\n {2}negative .* %\n {2}positive .* %\n {2}negative\n$/);
  });

  test.each([
    ['none.txt', 'none.txt: there is no such file'],
    [' ', 'the text is empty'],
  ])('predict %j says what is wrong', async (input, message) => {
    const { code, stderr } = await runMain('predict', join(cwd, run), input);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

test('--out refuses a folder that is in use', async () => {
  const path = join(cwd, 'runs/sentences-lstm-1');
  const { code, stderr } = await runMain('train', 'sentences-lstm', '--out', path);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`npx @espalier/cli train --resume ${path}`)]);
});
