import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type FitProgress,
  fileStorage,
  isEspalierError,
  latestCheckpoint,
  listCheckpoints,
  memoryStorage,
  readCheckpoint,
  restoreCheckpoint,
  Sequential,
  type Storage,
  saveCheckpoint,
  weightsOf,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashingStorage } from './CrashingStorage.js';

beforeAll(() => activateBackend(cpu()));

const root = mkdtempSync(join(tmpdir(), 'espalier-'));
afterAll(() => rmSync(root, { recursive: true }));

async function trained(seed = 1, steps = 2): Promise<Sequential> {
  const model = new Sequential([new Dense({ units: 2, inputShape: [3], name: 'dense' })], { seed });
  model.compile({ optimizer: new Adam({ learningRate: 0.1 }), loss: 'meanSquaredError' });
  await model.fit([[1, 2, 3]], [[1, 0]], { epochs: steps });
  return model;
}

const at = (epoch: number, batch = 0): FitProgress => ({ seed: 1, epoch, batch, sums: {}, history: {} });

async function slotsOf(model: Sequential): Promise<Record<string, number[]>> {
  const { slots, iterations, scalars } = model.optimizer.state();
  const values = [...slots].map(([name, slot]) => [name, [...slot.dataSync()]] as const);
  return { ...Object.fromEntries(values), iterations: [iterations], ...scalars };
}

describe('saving and restoring', () => {
  it('brings back weights, optimizer and progress in another model, bit for bit and without a leak', async () => {
    const [a, b] = [await trained(1, 3), await trained(1, 1)];
    const storage = memoryStorage();
    a.optimizer.learningRate = 0.025;
    const progress: FitProgress = {
      seed: 1,
      epoch: 3,
      batch: 7,
      sums: { loss: [0.1 + 0.2, 1e-320, -0] },
      history: { loss: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Math.PI] },
    };
    const before = memory().numTensors;
    const id = await saveCheckpoint(storage, { model: a, optimizer: a.optimizer, progress });
    const back = await restoreCheckpoint(storage, { model: b, optimizer: b.optimizer });
    expect(memory().numTensors).toBe(before);
    expect(back).toEqual(progress);
    expect(Object.is(back.sums.loss?.[2], -0)).toBe(true);
    expect(await weightsOf(b)).toEqual(await weightsOf(a));
    expect(await slotsOf(b)).toEqual(await slotsOf(a));
    expect(await storage.list()).toEqual(
      ['model.safetensors', 'optimizer.safetensors', 'training.json'].map((file) => `checkpoints/${id}/${file}`),
    );
  });

  it('says where there is nothing to restore', async () => {
    const model = await trained();
    expect(await latestCheckpoint(memoryStorage())).toBeUndefined();
    await expect(restoreCheckpoint(memoryStorage(), { model })).rejects.toThrow('checkpoints: there is no complete');
  });

  it('keeps the newest ones, in the order of saving even where a run went back', async () => {
    const model = await trained();
    const storage = memoryStorage();
    const ids: string[] = [];
    for (const progress of [at(8), at(9), at(2), at(2), at(2, 5)]) {
      ids.push(await saveCheckpoint(storage, { model, progress, keep: 3 }));
    }
    expect(new Set(ids).size).toBe(5);
    expect(await listCheckpoints(storage)).toEqual(ids.slice(2));
    expect(await latestCheckpoint(storage)).toBe(ids[4]);
    const only = await saveCheckpoint(storage, { model, progress: at(3), keep: 1 });
    expect(await listCheckpoints(storage)).toEqual([only]);
    await expect(saveCheckpoint(storage, { model, progress: at(3), keep: 0 })).rejects.toThrow(
      'keep: must be 1 or more',
    );
  });

  it('touches no folder that is not a checkpoint', async () => {
    const storage = memoryStorage();
    await storage.write('checkpoints/notes/mine.txt', new Uint8Array());
    await storage.write('model.safetensors', new Uint8Array());
    const model = await trained();
    for (const epoch of [1, 2]) await saveCheckpoint(storage, { model, progress: at(epoch), keep: 1 });
    expect(await storage.list()).toContain('checkpoints/notes/mine.txt');
    expect(await storage.list()).toContain('model.safetensors');
  });

  it('never lets weights that are not finite push out good ones', async () => {
    const storage = memoryStorage();
    const model = await trained();
    const good = await saveCheckpoint(storage, { model, progress: at(1), keep: 1 });
    model.parameters().get('dense/bias')!.assign(Float32Array.of(0, Number.NaN));
    const error: unknown = await saveCheckpoint(storage, { model, progress: at(2), keep: 1 }).catch((e: unknown) => e);
    expect(isEspalierError(error, 'TrainingError')).toBe(true);
    expect(String(error)).toMatch(/dense\/bias.*NaN at index 1/s);
    expect(await listCheckpoints(storage)).toEqual([good]);
  });

  it('refuses another optimizer, or none, and another architecture, and changes nothing', async () => {
    const storage = memoryStorage();
    const model = await trained();
    const bare = await saveCheckpoint(storage, { model, progress: at(1) });
    await saveCheckpoint(storage, { model, optimizer: model.optimizer, progress: at(2) });

    const other = await trained(5);
    const before = [await weightsOf(other), await slotsOf(other)];
    const sgd = new SGD({ learningRate: 0.5 });
    await expect(restoreCheckpoint(storage, { model: other, optimizer: sgd })).rejects.toThrow(
      /saved with another optimizer.*expected: SGD.*got: +Adam/s,
    );
    await expect(restoreCheckpoint(storage, { model: other, optimizer: other.optimizer, id: bare })).rejects.toThrow(
      'it was saved without an optimizer',
    );
    const wider = new Sequential([new Dense({ units: 3, inputShape: [3], name: 'dense' })]);
    await expect(restoreCheckpoint(storage, { model: wider })).rejects.toThrow(/dense\/kernel is float32 \(3, 2\)/);
    expect([await weightsOf(other), await slotsOf(other)]).toEqual(before);
    await restoreCheckpoint(storage, { model: other, id: bare });
    expect(await weightsOf(other)).toEqual(await weightsOf(model));
  });
});

describe.each<[string, () => Storage]>([
  ['memory', memoryStorage],
  ['files', () => fileStorage(mkdtempSync(join(root, 'run-')))],
])('damage in %s', (_name, make) => {
  const saved = async (): Promise<{ storage: Storage; model: Sequential; ids: string[] }> => {
    const storage = make();
    const model = await trained();
    const ids = [];
    for (const epoch of [1, 2]) {
      ids.push(await saveCheckpoint(storage, { model, optimizer: model.optimizer, progress: at(epoch) }));
    }
    return { storage, model, ids };
  };

  it.each(['model.safetensors', 'optimizer.safetensors', 'training.json'])('a flipped bit in %s', async (file) => {
    const { storage, ids } = await saved();
    const name = `checkpoints/${ids[1]}/${file}`;
    const bytes = await storage.read(name);
    // JSON has blanks nowhere here, so every bit counts; a sample of positions is enough for time.
    for (let i = 0; i < bytes.length; i += Math.ceil(bytes.length / 40)) {
      const damaged = bytes.slice();
      damaged[i]! ^= 1 << (i % 7);
      await storage.write(name, damaged);
      const error: unknown = await readCheckpoint(storage, ids[1]!).catch((e: unknown) => e);
      expect(isEspalierError(error, 'CheckpointError'), `byte ${i}: ${error}`).toBe(true);
      expect(String(error)).toContain(storage.locate(name));
      expect(String(error)).toContain(`delete the folder checkpoints/${ids[1]} to go on from ${ids[0]}`);
    }
  });

  it.each(['model.safetensors', 'optimizer.safetensors'])('%s cut off, or gone', async (file) => {
    const { storage, ids, model } = await saved();
    const name = `checkpoints/${ids[0]}/${file}`;
    const bytes = await storage.read(name);
    await storage.write(name, bytes.slice(0, -1));
    await expect(readCheckpoint(storage, ids[0]!)).rejects.toThrow(
      new RegExp(`is damaged.*expected: ${bytes.length} bytes.*got: +${bytes.length - 1} bytes.*to start over`, 's'),
    );
    await storage.remove(name);
    await expect(readCheckpoint(storage, ids[0]!)).rejects.toThrow(/a file of the checkpoint is missing.*start over/s);
    const before = await weightsOf(model);
    await expect(restoreCheckpoint(storage, { model, id: ids[0]! })).rejects.toThrow('missing');
    expect(await weightsOf(model)).toEqual(before);
  });

  it('training.json gone: not a checkpoint', async () => {
    const { storage, ids } = await saved();
    await storage.remove(`checkpoints/${ids[1]}/training.json`);
    expect(await latestCheckpoint(storage)).toBe(ids[0]);
    await expect(readCheckpoint(storage, ids[1]!)).rejects.toThrow(`expected: one of ${ids[0]}`);
  });

  it('a format of later versions', async () => {
    const { storage, ids } = await saved();
    const text = new TextEncoder().encode('{"formatVersion": 2}');
    await storage.write(`checkpoints/${ids[1]}/training.json`, text);
    await expect(readCheckpoint(storage, ids[1]!)).rejects.toThrow(/formatVersion 1.*got: +2.*update @espalier\/core/s);
  });
});

it('leaves a whole checkpoint wherever a save is cut off, and the next save clears the rest away', async () => {
  const model = await trained();
  const save = (storage: Storage, epoch: number): Promise<string> =>
    saveCheckpoint(storage, { model, optimizer: model.optimizer, progress: at(epoch), keep: 2 });
  let operations = 0;
  for (let crashAt = 1; ; crashAt++) {
    const memory = memoryStorage();
    for (const epoch of [1, 2]) await save(memory, epoch);
    const storage = new CrashingStorage(memory, crashAt);
    const crashed = await save(storage, 3).then(
      () => false,
      () => true,
    );
    const { progress } = await readCheckpoint(memory, (await latestCheckpoint(memory))!);
    expect([2, 3]).toContain(progress.epoch);
    if (!crashed) break;
    operations++;
    await save(memory, 4);
    const ids = await listCheckpoints(memory);
    expect((await readCheckpoint(memory, ids.at(-1)!)).progress.epoch).toBe(4);
    expect(await memory.list()).toHaveLength(2 * 3);
  }
  // Three writes, each of which may leave a part, and the two removals that make up the removal of the oldest.
  expect(operations).toBe(2 * 3 + 2);
});
