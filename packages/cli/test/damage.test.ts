// This long since it is one table: of every file of a run, damaged in every way, with what each command makes of it.
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors, encodeSafetensors } from '@espalier/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fileProblem } from '../src/run/fileProblem.js';
import { checkManifest } from '../src/run/RunManifest.js';
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
    [
      'a bit of the weights flipped',
      (run) => flipByte(run, 'model.safetensors'),
      'model.safetensors',
      /damaged|SHA-256|checksum|seal/i,
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
  edit(run, 'run.json', (text) => text.replace('"interrupted"', '"starting"'));
  for (const file of ['checkpoints', 'model.json', 'tokenizer.json', 'history.json'])
    rmSync(join(run, file), { recursive: true });
  expect((await runMain('evaluate', run)).code).toBe(1);
  const { code } = await runMain('train', '--resume', run);
  expect(code).toBe(0);
  const weights = (path: string) => readFileSync(join(path, 'model.safetensors'));
  expect(weights(run).equals(weights(finished))).toBe(true);
});

/** All files below a folder with their bytes, and what links lead to. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path, entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path, 'base64')];
      }),
  );
}

describe('checkpoints that are gone', () => {
  test.each<[string, 'finished' | 'interrupted' | 'running', (run: string) => void, RegExp]>([
    ['removed', 'finished', (run) => rmSync(join(run, 'checkpoints'), { recursive: true }), /got: +none/],
    ['removed', 'interrupted', (run) => rmSync(join(run, 'checkpoints'), { recursive: true }), /got: +none/],
    ['removed', 'running', (run) => rmSync(join(run, 'checkpoints'), { recursive: true }), /got: +none/],
    [
      'a link that leads nowhere',
      'finished',
      (run) => {
        rmSync(join(run, 'checkpoints'), { recursive: true });
        symlinkSync(join(cwd, 'no disk'), join(run, 'checkpoints'));
      },
      /a link that leads nowhere/,
    ],
    [
      'all cut off',
      'finished',
      (run) => {
        for (const id of readdirSync(join(run, 'checkpoints'))) rmSync(join(run, 'checkpoints', id, 'training.json'));
      },
      /no complete one/,
    ],
    [
      'a file of that name',
      'finished',
      (run) => {
        rmSync(join(run, 'checkpoints'), { recursive: true });
        writeFileSync(join(run, 'checkpoints'), 'x');
      },
      /checkpoints/,
    ],
  ])('%s, of a run that is %s: nothing starts over, nothing is overwritten', async (_, status, damage, message) => {
    const run = copyOfRun(status === 'finished' ? 'finished' : 'interrupted');
    if (status === 'running') edit(run, 'run.json', (text) => text.replace('"interrupted"', '"running"'));
    damage(run);
    const before = contents(run);
    const { code, stderr } = await runMain('train', '--resume', run, '--epochs', '3');
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).toContain(`npx @espalier/cli train sentences-lstm --start-from ${run}`);
    expect(contents(run)).toEqual(before);
  });

  test('a link to another disk is followed', async () => {
    const whole = copyOfRun('finished');
    const run = copyOfRun('finished');
    const disk = join(cwd, 'disk');
    renameSync(join(run, 'checkpoints'), disk);
    symlinkSync(disk, join(run, 'checkpoints'));
    for (const path of [whole, run]) {
      expect((await runMain('train', '--resume', path, '--epochs', '3')).code).toBe(0);
    }
    expect(readFileSync(join(run, 'model.safetensors'))).toEqual(readFileSync(join(whole, 'model.safetensors')));
    expect(readdirSync(disk).sort()).toEqual(readdirSync(join(whole, 'checkpoints')).sort());
  });

  test('a new run begins with the weights and the vocabulary of another', async () => {
    const run = copyOfRun('finished');
    rmSync(join(run, 'checkpoints'), { recursive: true });
    const out = join(cwd, 'from');
    const rate = ['--learning-rate', '1e-30', '--epochs', '1', '--limit-train', '1'];
    const { code } = await runMain('train', 'sentences-lstm', '--start-from', run, '--out', out, ...rate);
    expect(code).toBe(0);
    const loss = async (path: string) => eventsOf((await runMain('evaluate', path, '--json')).stdout)[0]?.loss;
    expect(await loss(out)).toBe(await loss(run));
    expect(readFileSync(join(out, 'tokenizer.json'))).toEqual(readFileSync(join(run, 'tokenizer.json')));
    const other = await runMain('train', 'spam-lstm', '--start-from', run);
    expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('is a run of another recipe')]);
  });
});

describe('resuming a run of which a file is amiss', () => {
  test.each<[string, 'whole' | string, (run: string) => void, RegExp]>([
    ['history.json is missing', 'whole', (run) => rmSync(join(run, 'history.json')), /./],
    ['history.json is cut', 'whole', (run) => halve(run, 'history.json'), /./],
    ['model.json is missing', 'whole', (run) => rmSync(join(run, 'model.json')), /./],
    ['the final weights are missing', 'whole', (run) => rmSync(join(run, 'model.safetensors')), /./],
    ['the final weights are cut', 'whole', (run) => halve(run, 'model.safetensors'), /./],
    ['tokenizer.json is missing', 'error', (run) => rmSync(join(run, 'tokenizer.json')), /tokenizer\.json/],
    ['tokenizer.json is cut', 'error', (run) => halve(run, 'tokenizer.json'), /tokenizer\.json/],
    ['tokenizer.json is none', 'error', (run) => edit(run, 'tokenizer.json', () => '[1]'), /tokenizer\.json/],
    ['run.json is missing', 'error', (run) => rmSync(join(run, 'run.json')), /run\.json/],
    ['run.json is cut', 'error', (run) => halve(run, 'run.json'), /run\.json/],
    ['run.json is a folder', 'error', (run) => toFolder(run, 'run.json'), /run\.json.*no ordinary file/],
    ['tokenizer.json is a folder', 'error', (run) => toFolder(run, 'tokenizer.json'), /tokenizer\.json/],
    ['run.json never ends', 'error', (run) => toDevice(run, 'run.json'), /run\.json.*no ordinary file/],
  ])('%s: %s', async (_, outcome, damage, message) => {
    const run = copyOfRun('finished');
    damage(run);
    const before = outcome === 'whole' ? undefined : names(run);
    const { code, stdout, stderr } = await runMain('train', '--resume', run, '--epochs', '3', '--json');
    if (before === undefined) {
      expect([code, stderr]).toEqual([0, expect.stringContaining('The run is in')]);
      expect((await runMain('evaluate', run)).code).toBe(0);
      return;
    }
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).toMatch(/mend: /);
    expect(eventsOf(stdout).at(-1)).toMatchObject({ event: 'error', kind: expect.stringMatching(/Error$/) });
    expect(names(run)).toEqual(before);
  });
});

function names(run: string): string[] {
  return readdirSync(run, { recursive: true }).map(String).sort();
}

function toFolder(run: string, file: string): void {
  rmSync(join(run, file));
  mkdirSync(join(run, file));
}

function toDevice(run: string, file: string): void {
  rmSync(join(run, file));
  symlinkSync('/dev/zero', join(run, file));
}

describe('weights that are no numbers', () => {
  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('%s is an error of evaluate and of predict', async (_, value) => {
    const run = copyOfRun('finished');
    const tensors = new Map(decodeSafetensors(readFileSync(join(run, 'model.safetensors')), 'test').tensors);
    for (const { data } of tensors.values()) (data as Float32Array)[0] = value;
    writeFileSync(join(run, 'model.safetensors'), encodeSafetensors(tensors));
    for (const args of [
      ['evaluate', run],
      ['predict', run, 'I love AI'],
    ]) {
      const { code, stdout, stderr } = await runMain(...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/model\.safetensors: .*not finite/);
    }
  });
});

describe('every field of run.json', () => {
  const values = ['"x"', '7', '-1', '1.5', '1e400', '0', 'null', 'true', '[]', '{}', '""', '1e9'];
  const right: Readonly<Record<string, readonly string[]>> = {
    format: ['1'],
    recipe: [],
    status: [],
    trainSeconds: ['0', '7', '1.5', '1e9'],
    'settings.backend': [],
    'settings.threads': ['7', 'null'],
    'settings.epochs': ['7', '1e9'],
    'settings.batchSize': ['7', '1e9'],
    'settings.learningRate': ['7', '1.5', '1e9'],
    'settings.seed': ['0', '7', '1e9'],
    'settings.limitTrain': ['7', 'null', '1e9'],
    'settings.limitTest': ['7', 'null', '1e9'],
    'settings.checkpointEvery': ['7', 'null', '1e9'],
    'backend.threads': ['7', '1e9'],
    result: ['{}'],
  };
  const manifest = () => JSON.parse(readFileSync(join(finished, 'run.json'), 'utf8'));

  test.each(Object.keys(right))('%s is checked by type and range', (field) => {
    for (const value of values) {
      const changed = manifest();
      const path = field.split('.');
      const holder = path.length === 1 ? changed : changed[path[0]!];
      holder[path.at(-1)!] = '@';
      const check = () => checkManifest(JSON.parse(JSON.stringify(changed).replace('"@"', value)), 'run.json');
      // A name may be any text; whether it is known is asked where it is used.
      if (right[field]!.includes(value) || (/recipe|backend$/.test(field) && value === '"x"')) check();
      else expect(check, `${field} ${value}`).toThrow(/run\.json: /);
    }
  });

  test('fields that are not known are left out, those of prototypes lend nothing', () => {
    const text = readFileSync(join(finished, 'run.json'), 'utf8');
    const more = JSON.parse(text.replace('{', '{"__proto__":{"startFrom":"evil"},"constructor":1,"later":2,'));
    const checked = checkManifest(more, 'run.json');
    expect(Object.keys(checked)).not.toContain('later');
    expect(checked.startFrom).toBeUndefined();
    const without = JSON.parse(text.replace(/"seed": \d+,/, '"__proto__": {"seed": 0},'));
    expect(() => checkManifest(without, 'run.json')).toThrow(/settings\.seed/);
  });

  test('a backend that is not there is never replaced by another', async () => {
    const run = copyOfRun('finished');
    edit(run, 'run.json', (text) => text.replace(/"backend": "wasm"/, '"backend": "cuda"'));
    for (const args of [
      ['evaluate', run],
      ['predict', run, 'I love AI'],
      ['train', '--resume', run, '--epochs', '3'],
    ]) {
      const { code, stderr } = await runMain(...args);
      expect([code, stderr]).toEqual([1, expect.stringMatching(/run\.json: there is no backend 'cuda'/)]);
    }
    expect((await runMain('evaluate', run, '--backend', 'wasm')).code).toBe(0);
  });
});

describe('what is no run, and where none can be made', () => {
  const file = join(cwd, 'a file');
  const full = join(cwd, 'full');
  const circle = join(cwd, 'circle');
  beforeAll(() => {
    writeFileSync(file, 'x');
    mkdirSync(full);
    writeFileSync(join(full, 'x'), 'x');
    symlinkSync(circle, circle);
  });

  test.each<[string[], RegExp]>([
    [['train', '--resume', join(cwd, 'none')], /no such run directory/],
    [['train', '--resume', file], /is a file, not the directory of a run/],
    [['train', '--resume', full], /not the directory of a run/],
    [['train', '--resume', circle], /links lead round/],
    [['evaluate', join(file, 'below')], /no such run directory|a part of the path is a file/],
    [['evaluate', join(finished, 'run.json')], /give its folder/],
    [['train', 'sentences-lstm', '--out', file], /is a file/],
    [['train', 'sentences-lstm', '--out', full], /is there already/],
    [['train', 'sentences-lstm', '--out', finished], /go on with the run in it/],
    [['train', 'sentences-lstm', '--out', join(file, 'below')], /a part of the path is a file/],
    [['train', 'sentences-lstm', '--out', circle], /links lead round/],
    [['train', 'sentences-lstm', '--out', join(cwd, 'x'.repeat(300))], /name is too long/],
    [['train', 'sentences-lstm', '--out', '/proc/espalier'], /\/proc\/espalier/],
  ])('%j', async (args, message) => {
    const before = contents(full);
    const { code, stdout, stderr } = await runMain(...args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect(stderr).toMatch(/\n {2}mend: +\S/);
    expect(stderr).not.toContain('not an error that espalier expects');
    expect(stdout).not.toContain('Epoch');
    expect(contents(full)).toEqual(before);
  });

  test.each([
    'ENOENT',
    'ENOTDIR',
    'EISDIR',
    'EEXIST',
    'EACCES',
    'EPERM',
    'EROFS',
    'ENOSPC',
    'EDQUOT',
    'EMFILE',
    'ENFILE',
    'ELOOP',
    'ENAMETOOLONG',
    'EBUSY',
    'EIO',
    'EFBIG',
  ])('%s of the system is a sentence with a path and a remedy', (code) => {
    const error = Object.assign(new Error(`${code}: what the system says, open '/x'`), { code, path: '/x' });
    const said = fileProblem(error) as Error & { parts: Record<string, string> };
    expect(said.message).toMatch(/^\/x: [a-z].*\.\n {2}got: +[A-Z]+\n {2}mend: +[a-z]/);
    expect(said.parts).toMatchObject({ where: '/x', cause: error });
  });
});
