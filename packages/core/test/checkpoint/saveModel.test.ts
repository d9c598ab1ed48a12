import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  type CallContext,
  CategoricalCrossentropy,
  decodeSafetensors,
  encodeSafetensors,
  Functional,
  fileStorage,
  input,
  isEspalierError,
  LossMetric,
  loadModel,
  loadWeights,
  Model,
  type ModelOutput,
  memoryStorage,
  readWeights,
  Sequential,
  type Storage,
  saveModel,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import {
  Add,
  BatchNormalization,
  Bidirectional,
  Conv2D,
  Dense,
  Dropout,
  Flatten,
  GRU,
  layerClasses,
} from '@espalier/layers';
import { Adam, clipByGlobalNorm, cosineDecay, optimizerFromConfig, SGD } from '@espalier/optimizers';
import { memory, ones, type Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

const root = mkdtempSync(join(tmpdir(), 'espalier-'));
afterAll(() => rmSync(root, { recursive: true }));

const tables = { layers: layerClasses, optimizer: optimizerFromConfig };

class Doubling extends Dense {
  override readonly className: string = 'Doubling';
}
class Tripling extends Doubling {
  override readonly className = 'Tripling';
}
class OwnLoss extends CategoricalCrossentropy {
  override serialize() {
    return { ...super.serialize(), className: 'OwnLoss' };
  }
}
class Residual extends Model {
  readonly inner = new Dense({ units: 2 });

  override call(x: Tensor, ctx: CallContext): Tensor {
    return this.inner.apply(x, ctx);
  }

  override computeOutputShape(): (number | null)[] {
    return [null, 2];
  }
}

function shared(): Functional {
  const x = input({ shape: [4] });
  const dense = new Dense({ units: 4, name: 'twice' });
  const y = new Add().apply([dense.apply(dense.apply(x)), x]);
  return new Functional({ inputs: x, outputs: y, seed: 4 });
}

function twoOutputs() {
  const x = input({ shape: [3] });
  const one = new Dense({ units: 2, activation: 'softmax', name: 'one' }).apply(x);
  const other = new Dense({ units: 1, name: 'other' }).apply(x);
  return new Functional({ inputs: x, outputs: [one, other], seed: 2 });
}

const nested = (): Sequential =>
  new Sequential([new Sequential([new Dense({ units: 3 })], { name: 'inner' }), new Dense({ units: 1 })], {
    inputShape: [2],
    seed: 1,
  });

const models: Record<string, readonly [make: () => Model<ModelOutput>, inputShape: number[]]> = {
  'a stack': [
    () =>
      new Sequential([new Dense({ units: 3, activation: 'relu', inputShape: [4] }), new Dropout({ rate: 0.5 })], {
        seed: 1,
      }),
    [4],
  ],
  'images, with state': [
    () =>
      new Sequential([
        new Conv2D({ filters: 2, kernelSize: 3, inputShape: [5, 5, 1], trainable: false }),
        new BatchNormalization(),
        new Flatten(),
        new Dense({ units: 2 }),
      ]),
    [5, 5, 1],
  ],
  'a layer that holds layers': [
    () => new Sequential([new Bidirectional({ layer: new GRU({ units: 2 }) })], { inputShape: [3, 2], seed: 1 }),
    [3, 2],
  ],
  'a graph that shares weights': [shared, [4]],
  'several outputs': [twoOutputs, [3]],
  'a model in a model': [nested, [2]],
  'built by data alone': [() => new Sequential([new Dense({ units: 2 }), new Dense({ units: 1 })]), [3]],
};

async function outputsOf(model: Model<ModelOutput>, shape: number[]): Promise<number[][]> {
  const x = ones([2, ...shape]);
  const y = [await model.predict(x)].flat();
  const values = y.map((tensor) => [...tensor.dataSync()]);
  for (const tensor of [x, ...y]) tensor.dispose();
  return values;
}

describe.each<[string, () => Storage]>([
  ['memory', memoryStorage],
  ['files', () => fileStorage(mkdtempSync(join(root, 'model-')))],
])('a whole model in %s', (_where, makeStorage) => {
  it.each(Object.entries(models))('comes back: %s', async (_what, [make, shape]) => {
    const model = make();
    const before = await outputsOf(model, shape);
    const storage = makeStorage();
    const tensors = memory().numTensors;
    await saveModel(model, storage);
    expect(memory().numTensors).toBe(tensors);
    expect(await storage.list()).toEqual(['model.safetensors']);
    const again = await loadModel<ModelOutput>(storage, { layers: layerClasses });
    expect(again.constructor).toBe(model.constructor);
    expect(again.serialize()).toEqual(model.serialize());
    expect(await weightsOf(again)).toEqual(await weightsOf(model));
    expect([...again.trainableParameters().keys()]).toEqual([...model.trainableParameters().keys()]);
    expect(await outputsOf(again, shape)).toEqual(before);
    again.dispose();
    expect(memory().numTensors).toBe(tensors);
  });
});

it('goes on training as if it had not stopped, with schedule, clipping, loss and metrics', async () => {
  const x = Array.from({ length: 16 }, (_, i) => [Math.sin(i), Math.cos(i)]);
  const y = x.map(([a, b]) => (a! * b! > 0 ? [1, 0] : [0, 1]));
  const make = () => {
    const model = new Sequential([new Dense({ units: 2, activation: 'softmax', inputShape: [2] })], { seed: 3 });
    const learningRate = cosineDecay({ initialLearningRate: 0.1, decaySteps: 40 });
    model.compile({
      optimizer: clipByGlobalNorm(new Adam({ learningRate }), { norm: 1 }),
      loss: new CategoricalCrossentropy({ labelSmoothing: 0.1 }),
      metrics: ['accuracy', new LossMetric({ loss: 'mse', name: 'error' })],
    });
    return model;
  };
  const whole = make();
  await whole.fit(x, y, { epochs: 4, batchSize: 4 });
  const first = make();
  await first.fit(x, y, { epochs: 2, batchSize: 4 });
  const storage = memoryStorage();
  await saveModel(first, storage);
  const second = await loadModel(storage, tables);
  expect(second.optimizer.serialize()).toEqual(first.optimizer.serialize());
  expect(second.optimizer.iterations).toBe(8);
  const logs = await second.fit(x, y, { epochs: 4, initialEpoch: 2, batchSize: 4 });
  expect(Object.keys(logs.history)).toEqual(['loss', 'accuracy', 'error']);
  expect(await weightsOf(second)).toEqual(await weightsOf(whole));

  // The weights alone are in the file as in one of saveWeights.
  expect(await readWeights(storage)).toEqual(await weightsOf(first));
  loadWeights(make(), await readWeights(storage), 'model.safetensors');

  // Without the optimizer's state, and without all of it.
  await saveModel(first, storage, 'small.safetensors', { optimizerState: false });
  const fresh = await loadModel(storage, { ...tables, name: 'small.safetensors' });
  expect([fresh.optimizer.iterations, fresh.optimizer.state().slots.size]).toEqual([0, 0]);
  await saveModel(first, storage, 'smallest.safetensors', { compile: false });
  for (const options of [{ ...tables, name: 'smallest.safetensors' }, { layers: layerClasses }]) {
    const bare = await loadModel(storage, options);
    expect(bare.compileOptions).toBeUndefined();
    await expect(bare.fit(x, y)).rejects.toThrow('the model is not compiled');
  }
});

it('several losses, their weights and metrics', async () => {
  const model = twoOutputs();
  model.compile({
    optimizer: new SGD({ learningRate: 0.5 }),
    loss: ['categoricalCrossentropy', 'mse'],
    lossWeights: [1, 0.25],
    metrics: [['accuracy'], []],
  });
  const storage = memoryStorage();
  model.initialize();
  await saveModel(model, storage);
  const again = await loadModel<Tensor[]>(storage, tables);
  const { optimizer: _, ...options } = again.compileOptions!;
  expect(options).toEqual({
    loss: ['categoricalCrossentropy', 'mse'],
    lossWeights: [1, 0.25],
    metrics: [['accuracy'], []],
  });
  expect(again.optimizer.learningRate).toBe(0.5);
});

it('classes of your own go into the tables; all that are missing are named at once', async () => {
  const model = new Sequential([
    new Doubling({ units: 2, inputShape: [2] }),
    new Sequential([new Tripling({ units: 2 }), new Dense({ units: 2 })]),
  ]);
  model.compile({ optimizer: new SGD(), loss: new OwnLoss(), metrics: ['accuracy'] });
  model.initialize();
  const storage = memoryStorage();
  await saveModel(model, storage);
  const tensors = memory().numTensors;
  const error: unknown = await loadModel(storage, {
    ...tables,
    layers: { ...layerClasses, Douling: Doubling },
  }).catch((e: unknown) => e);
  expect(isEspalierError(error, 'CheckpointError'), String(error)).toBe(true);
  expect(String(error)).toContain('Doubling (layers), Tripling (layers), OwnLoss (losses)');
  expect(String(error)).toContain("for 'Doubling' did you mean 'Douling'?");
  expect(String(error)).toContain('{ layers: { ...layerClasses, Doubling, Tripling }, losses: { OwnLoss } }');
  expect(memory().numTensors).toBe(tensors);
  const again = await loadModel(storage, {
    ...tables,
    layers: { ...layerClasses, Doubling, Tripling },
    losses: { OwnLoss },
  });
  expect(again.compileOptions?.loss).toBeInstanceOf(OwnLoss);
  expect(again.serialize()).toEqual(model.serialize());
});

describe('saveModel refuses', () => {
  const built = <M extends Model<ModelOutput>>(model: M): M => {
    model.initialize();
    return model;
  };

  it.each<[string, () => Promise<Model<ModelOutput>> | Model<ModelOutput>, RegExp]>([
    [
      'a class of its own',
      async () => {
        const model = new Residual();
        await outputsOf(model, [2]);
        return model;
      },
      /class of its own.*Sequential or Functional.*Residual.*saveWeights\(model, storage\)/s,
    ],
    [
      'a class of its own within',
      () => built(new Sequential([new Residual({ name: 'r' }), new Dense({ units: 1 })], { inputShape: [2] })),
      /, r: the model is of a class of its own.*got: +Residual/s,
    ],
    ['a model without weights', () => new Sequential([new Dense({ units: 1 })]), /has no weights yet.*inputShape/s],
    ['values that were never made', () => new Sequential([new Dense({ units: 1, inputShape: [2] })]), /no values yet/],
    [
      'options that are no JSON',
      () => {
        class Odd extends Dense {
          override getConfig() {
            return { ...super.getConfig(), run: (() => 1) as never };
          }
        }
        return built(new Sequential([new Odd({ units: 1, inputShape: [2] })]));
      },
      /config\.layers\[0\]\.config\.run: this cannot be written.*saveWeights/s,
    ],
    [
      'a loss that is no JSON',
      () => {
        const model = built(new Sequential([new Dense({ units: 1, inputShape: [2] })]));
        model.compile({ optimizer: new SGD(), loss: (_: Tensor, y: Tensor) => y });
        return model;
      },
      /saveModel, loss.*compile: false/s,
    ],
  ])('%s', async (_what, make, message) => {
    const storage = memoryStorage();
    const error: unknown = await saveModel(await make(), storage).catch((e: unknown) => e);
    expect(isEspalierError(error, 'StateError'), String(error)).toBe(true);
    expect(String(error)).toMatch(message);
    expect(await storage.list()).toEqual([]);
  });
});

describe('loadModel refuses', () => {
  const saved = async (change?: (record: Record<string, never>) => unknown): Promise<Storage> => {
    const storage = memoryStorage();
    const model = new Sequential([new Dense({ units: 1, inputShape: [2], name: 'd' })]);
    model.compile({ optimizer: new Adam(), loss: 'mse' });
    await model.fit([[1, 2]], [[1]]);
    await saveModel(model, storage);
    if (change === undefined) return storage;
    const { tensors, metadata } = decodeSafetensors(await storage.read('model.safetensors'), 'm');
    const record = JSON.parse(metadata['espalier.model']!) as Record<string, never>;
    const changed = { tensors, record: change(record) ?? record };
    await storage.write(
      'model.safetensors',
      encodeSafetensors(changed.tensors, { ...metadata, 'espalier.model': JSON.stringify(changed.record) }),
    );
    return storage;
  };
  const layer = (record: Record<string, never>) => (record.model as never)['config']['layers'][0] as never;

  it.each<[string, () => Promise<Storage>, RegExp]>([
    ['nothing', async () => memoryStorage(), /model\.safetensors: there is no such file/],
    [
      'weights alone',
      async () => {
        const storage = memoryStorage();
        const model = new Sequential([new Dense({ units: 1, inputShape: [2] })]);
        model.initialize();
        await saveWeights(model, storage);
        return storage;
      },
      /holds weights alone.*loadWeights\(model, await readWeights/s,
    ],
    ['a record that is none', () => saved(() => [1]), /does not describe a model/],
    [
      'a config that is none',
      () => saved((record) => ({ ...record, model: { className: 'Sequential' } })),
      /no config/,
    ],
    [
      'another kind of model',
      () => saved((record) => ({ ...record, model: { className: 'constructor', config: {} } })),
      /no model can be made of it.*constructor/s,
    ],
    [
      'a class that objects have',
      () => saved((r) => void Object.assign(layer(r), { className: 'toString' })),
      /toString/,
    ],
    ['the class __proto__', () => saved((r) => ({ ...r, layers: ['__proto__'] })), /__proto__ \(layers\)/],
    [
      'weights of another shape',
      () => saved((r) => void Object.assign((layer(r) as never)['config'], { units: 3 })),
      /does not fit: d\/kernel is float32 \(2, 1\), not float32 \(2, 3\)/,
    ],
    [
      'weights that are missing, and too many',
      () => saved((r) => void Object.assign((layer(r) as never)['config'], { name: 'e' })),
      /missing: e\/kernel, e\/bias; extra: d\/bias, d\/kernel/,
    ],
    [
      'slots of another optimizer',
      () => saved((r) => void Object.assign((r.compiled as never)['optimizer']['serialized'], { className: 'Lion' })),
      /Lion|lion/,
    ],
    [
      'an optimizer that nobody knows',
      () => saved((r) => void Object.assign((r.compiled as never)['optimizer']['serialized'], { className: 'Adm' })),
      /model\.safetensors: no model can be made.*'Adm'.*Adam/s,
    ],
  ])('%s, and leaves nothing behind', async (_what, make, message) => {
    const storage = await make();
    const tensors = memory().numTensors;
    const error: unknown = await loadModel(storage, tables).catch((e: unknown) => e);
    expect(isEspalierError(error, 'CheckpointError'), String(error)).toBe(true);
    expect(String(error)).toMatch(message);
    expect(memory().numTensors).toBe(tensors);
  });

  it('a file with one wrong byte, anywhere', async () => {
    const storage = await saved();
    const whole = new Uint8Array(await storage.read('model.safetensors'));
    for (let at = 0; at < whole.length; at += 7) {
      const bytes = whole.slice();
      bytes[at]! ^= 1 << (at % 8);
      await storage.write('model.safetensors', bytes);
      const error: unknown = await loadModel(storage, tables).catch((e: unknown) => e);
      expect(isEspalierError(error, 'CheckpointError'), `${at}: ${error}`).toBe(true);
    }
  });

  it('options that it does not know, or without the table of layers', async () => {
    const storage = await saved();
    await expect(loadModel(storage, {} as never)).rejects.toThrow("the option 'layers' is missing");
    await expect(loadModel(storage, { ...tables, classes: {} } as never)).rejects.toThrow("no option 'classes'");
  });
});
