import { describe, expect, test } from 'vitest';
import { recipes } from '../src/recipes/recipes.js';
import { eventsOf } from './cliProcess.js';
import { runMain } from './mainInProcess.js';

describe('mistyped commands end with 2 and say what was meant', () => {
  test.each([
    [['train', 'mnist-cn'], "did you mean 'mnist-cnn'?"],
    [['train', 'mnist-cnn', '--backend', 'wasn'], "did you mean 'wasm'?"],
    [['train', 'mnist-cnn', '--epoch', '3'], 'Did you mean --epochs?'],
    [['trian'], 'Did you mean train?'],
    [['train', 'zzzzzz'], 'known: mnist-cnn, sentences-lstm, spam-lstm'],
    [['train'], "missing argument 'recipe'"],
    [['evaluate'], "missing required argument 'run'"],
    [['predict', 'runs/x'], "missing required argument 'input'"],
    [['train', 'mnist-cnn', '--epochs', '0'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--epochs', '1.5'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--seed', ''], 'a whole number, 0 or more'],
    [['train', 'mnist-cnn', '--epochs', '1e3'], 'in digits: 1000'],
    [['train', 'mnist-cnn', '--epochs', '-1'], 'a whole number, 1 or more, in digits'],
    [['train', 'mnist-cnn', '--epochs', 'abc'], 'a whole number, 1 or more, in digits, such as 1'],
    [['train', 'mnist-cnn', '--epochs', '0x10'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--epochs', '99999999999'], 'at most 1000000000'],
    [['train', 'mnist-cnn', '--batch-size', '0'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--limit-train', '-5'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--limit-test', 'Infinity'], 'a whole number, 1 or more'],
    [['train', 'mnist-cnn', '--seed', '-1'], 'a whole number, 0 or more'],
    [['train', 'mnist-cnn', '--seed', '1e3'], 'in digits: 1000'],
    [['train', 'mnist-cnn', '--seed', '9007199254740993'], 'at most 9007199254740991'],
    [['train', 'mnist-cnn', '--threads', '100000'], 'a whole number, 1 to 256'],
    [['evaluate', 'runs/x', '--threads', '0'], 'a whole number, 1 to 256'],
    [['predict', 'runs/x', 'a', '--max-megabytes', '0'], 'a whole number, 1 to 1024'],
    [['predict', 'runs/x', 'a', '--lmit', '3'], 'Did you mean --limit?'],
    [['evalute', 'runs/x'], 'Did you mean evaluate?'],
    [['dataset'], 'Did you mean datasets?'],
    [['models', 'extra'], 'too many arguments'],
    [['train', 'mnist-cnn', '--learning-rate', '-1'], 'a number above 0'],
    [['train', 'mnist-cnn', '--learning-rate', 'fast'], 'a number above 0'],
    [['train', 'mnist-cnn', 'extra'], 'too many arguments'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await runMain(...args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: [^\n]+/);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/Examples: npx @espalier\/cli .*--help\n$/);
  });
});

test('with --json a mistake is an event too', async () => {
  const { code, stdout } = await runMain('train', 'spam-lst', '--json');
  expect(code).toBe(2);
  expect(eventsOf(stdout)).toMatchObject([{ event: 'error', kind: 'UsageError' }]);
  expect(eventsOf(stdout)[0]?.message).toContain("did you mean 'spam-lstm'?");
});

test('an unknown run is an error of its own kind, with a stack only when asked for', async () => {
  const { code, stdout, stderr } = await runMain('evaluate', 'runs/none', '--json');
  expect(code).toBe(1);
  expect(eventsOf(stdout)).toMatchObject([{ event: 'error', kind: 'CheckpointError', where: 'runs/none' }]);
  expect(stderr).toMatch(/^error: runs\/none: there is no such run directory\.\n {2}mend: /);
  expect(stderr).not.toContain('    at ');
  expect((await runMain('evaluate', 'runs/none', '--debug')).stderr).toContain('    at ');
});

describe('help', () => {
  test('without a command, the commands are shown', async () => {
    const { code, stderr } = await runMain();
    expect(code).toBe(2);
    for (const name of ['train', 'evaluate', 'predict', 'models', 'datasets', 'backends']) {
      expect(stderr).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
  });

  test.each(['train', 'evaluate', 'predict'])('%s --help has examples', async (command) => {
    const { code, stdout, stderr } = await runMain(command, '--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: espalier ${command} `);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}npx @espalier/cli ${command} `));
  });

  test('train --help names every recipe with its defaults', async () => {
    const { stdout } = await runMain('train', '--help');
    for (const { name, title, defaults } of recipes) {
      expect(stdout).toContain(`${name.padEnd(15)} ${title}\n`);
      expect(stdout).toContain(`${defaults.epochs} epochs, batches of ${defaults.batchSize}`);
    }
  });

  test('--version prints the version', async () => {
    expect(await runMain('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('lists', () => {
  test('models shows cards, datasets sources, backends what can run', async () => {
    const models = eventsOf((await runMain('models', '--json')).stdout);
    expect(models.map(({ name }) => name)).toEqual(['mnist-cnn', 'lstm-classifier']);
    const datasets = eventsOf((await runMain('datasets', '--json')).stdout);
    expect(datasets.map(({ name, source }) => [name, (source as { kind: string }).kind])).toEqual([
      ['mnist', expect.stringMatching(/^(package|cache)$/)],
      ['spam-assassin', 'package'],
      ['sentences', 'built in'],
    ]);
    const backends = eventsOf((await runMain('backends', '--json')).stdout);
    expect(backends).toMatchObject([
      { event: 'backend', name: 'wasm', available: true },
      { event: 'backend', name: 'cpu', available: true },
    ]);
  });

  test('every recipe uses a listed data set', async () => {
    const listed = eventsOf((await runMain('datasets', '--json')).stdout).map(({ name }) => name);
    for (const { dataset } of recipes) expect(listed).toContain(dataset);
  });
});
