import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  httpStorage,
  indexedDBStorage,
  loadModel,
  restoreCheckpoint,
  Sequential,
  saveCheckpoint,
  saveModel,
  weightsOf,
} from '@espalier/core';
import { Dense, layerClasses } from '@espalier/layers';
import { Adam, optimizerFromConfig } from '@espalier/optimizers';

// Run in a page by browser.test.ts, in two visits: each gives a figure for every claim.
const tables = { layers: layerClasses, optimizer: optimizerFromConfig };
const reason = (error: unknown): string => String(error);

function make(): Sequential {
  const model = new Sequential([new Dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.compile({ optimizer: new Adam(), loss: 'mse' });
  return model;
}

async function valuesOf(model: Parameters<typeof weightsOf>[0]): Promise<number[]> {
  return [...(await weightsOf(model)).values()].flatMap(({ data }) => [...data]);
}

async function contract(): Promise<Record<string, unknown>> {
  const storage = indexedDBStorage('contract');
  const bytes = Uint8Array.of(0, 1, 2, 3);
  for (const name of ['b/2', 'a', 'b/1', 'bc/1', 'b0']) await storage.write(name, bytes.subarray(1, 3));
  bytes.fill(9);
  const first = await storage.read('a');
  first.fill(7);
  const listed = [await storage.list(), await storage.list('b/')];
  await storage.write('a', Uint8Array.of(4));
  await storage.remove('b');
  await storage.remove('none');
  return {
    read: [[...(await storage.read('b0'))], first.buffer.byteLength, [...(await storage.read('a'))]],
    listed,
    left: await storage.list(),
    exists: [await storage.exists('a'), await storage.exists('b/1'), await storage.exists('b')],
    missing: await storage.read('runs/none').catch(reason),
    outside: await storage.write('../x', bytes).catch(reason),
    noBytes: await storage.write('x', 'text' as never).catch(reason),
    together: await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        await storage.write(`t/${i}`, new Uint8Array(1000).fill(i));
        return (await storage.read(`t/${i}`))[999];
      }),
    ),
  };
}

/** A page that deletes the database must not wait for this one for ever. */
async function deletion(): Promise<unknown> {
  const storage = indexedDBStorage('gone');
  await storage.write('a', Uint8Array.of(1));
  const outcome = await new Promise((resolve) => {
    const request = indexedDB.deleteDatabase('gone');
    request.onsuccess = () => resolve('deleted');
    request.onblocked = () => resolve('blocked');
  });
  await storage.write('b', Uint8Array.of(2));
  return [outcome, await storage.list()];
}

async function firstVisit(): Promise<Record<string, unknown>> {
  const model = make();
  await model.fit([[0, 1], [1, 0]], [[1], [2]], { epochs: 2 }); // biome-ignore format: two rows
  const storage = indexedDBStorage('models');
  await saveModel(model, storage);
  await saveCheckpoint(storage, { model, optimizer: model.optimizer, progress: model.progress! });
  return { weights: await valuesOf(model), contract: await contract(), deletion: await deletion() };
}

async function secondVisit(): Promise<Record<string, unknown>> {
  const storage = indexedDBStorage('models');
  const again = await loadModel(storage, tables);
  const restored = make();
  const progress = await restoreCheckpoint(storage, { model: restored, optimizer: restored.optimizer });
  const fetched = await loadModel(httpStorage('served/models'), tables);
  return {
    weights: [await valuesOf(again), await valuesOf(restored), await valuesOf(fetched)],
    iterations: [again.optimizer.iterations, restored.optimizer.iterations, progress.epoch],
    secure: isSecureContext,
    located: httpStorage('served/models').locate('m'),
    missing: await httpStorage('served/models').read('none').catch(reason),
    page: await httpStorage('pages').read('model.safetensors').catch(reason),
  };
}

await activateBackend(cpu());
const visit = location.hash === '#second' ? secondVisit : firstVisit;
Object.assign(globalThis, { outcome: await visit().catch((error: unknown) => ({ error: reason(error) })) });
