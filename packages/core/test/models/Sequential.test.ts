import { cpu } from '@espalier/backend-cpu';
import { activateBackend, Functional, input, isEspalierError, modelFromConfig, Sequential } from '@espalier/core';
import { Activation, Conv2D, Dense, Embedding, Flatten, LSTM, layerClasses, MaxPooling2D } from '@espalier/layers';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const seed = 1;
const cnn = () =>
  new Sequential(
    [
      new Conv2D({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      new MaxPooling2D({ poolSize: 2 }),
      new Flatten(),
      new Dense({ units: 10, activation: 'softmax' }),
    ],
    { seed, name: 'digits' },
  );

beforeAll(async () => void (await activateBackend(cpu())));

describe('Sequential', () => {
  it('names weights by layer, as Keras does', () => {
    expect([...cnn().parameters().keys()]).toEqual(['conv2d/kernel', 'conv2d/bias', 'dense/kernel', 'dense/bias']);
    const dense = () => new Dense({ units: 1 });
    const named = new Sequential([dense(), new Dense({ units: 1, name: 'dense_1' }), dense()], { inputShape: [2] });
    expect([...named.parameters().keys()].filter((path) => path.endsWith('bias'))).toEqual([
      'dense/bias',
      'dense_1/bias',
      'dense_2/bias',
    ]);
  });

  it('says which parameter has no values yet', () => {
    expect(() => cnn().parameters().get('dense/bias')!.value).toThrow(/^dense\/bias: the parameter has no values yet/);
  });

  it('refuses two layers of one name, and no layers', () => {
    const layer = () => new Dense({ units: 1, name: 'same' });
    expect(() => new Sequential([layer(), layer()])).toThrow(/two layers are named 'same'/);
    expect(() => new Sequential([])).toThrow(/no layers/);
  });

  it('draws a table like that of Keras', () => {
    expect(`\n${cnn().summary()}\n`).toBe(`
Model: digits
┌──────────────────────────────┬────────────────────┬─────────┐
│ Layer (type)                 │ Output shape       │ Param # │
├──────────────────────────────┼────────────────────┼─────────┤
│ conv2d (Conv2D)              │ (null, 26, 26, 32) │     320 │
│ max_pooling2d (MaxPooling2D) │ (null, 13, 13, 32) │       0 │
│ flatten (Flatten)            │ (null, 5408)       │       0 │
│ dense (Dense)                │ (null, 10)         │  54,090 │
└──────────────────────────────┴────────────────────┴─────────┘
Total params: 54,410 (212.54 KB)
Trainable params: 54,410 (212.54 KB)
Non-trainable params: 0 (0 B)
`);
  });

  it('says which layer got the wrong shape', async () => {
    const model = cnn();
    const x = tensor(new Float32Array(2 * 27 * 28), [2, 27, 28, 1]);
    await expect(model.predict(x)).rejects.toThrow(/digits \(Sequential\)|conv2d \(Conv2D\)/);
    const flat = tensor(new Float32Array(2 * 784), [2, 784]);
    const error = await model.predict(flat).catch((e: unknown) => e);
    expect(isEspalierError(error, 'ShapeError')).toBe(true);
    expect(String(error)).toContain('(2, 784)');
    x.dispose();
    flat.dispose();
    model.dispose();
  });

  it('is made again from its config, with the same first weights', async () => {
    const model = cnn();
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.serialize())), layerClasses);
    model.initialize();
    again.initialize();
    for (const [path, parameter] of model.parameters()) {
      expect(again.parameters().get(path)!.value.dataSync()).toEqual(parameter.value.dataSync());
    }
    model.dispose();
    again.dispose();
  });

  it('builds from the first data where no shape was given, with the same weights as if it had been', async () => {
    const layers = (inputShape?: number[]) => [
      new Dense({ units: 3, ...(inputShape && { inputShape }) }),
      new Dense({ units: 2 }),
    ];
    const early = new Sequential(layers([4]), { seed });
    const late = new Sequential(layers(), { seed });
    const x = [[1, 2, 3, 4]];
    const [a, b] = [await early.predict(x), await late.predict(x)];
    expect(b.dataSync()).toEqual(a.dataSync());
  });

  it('nests, with paths that join', async () => {
    const inner = new Sequential([new Dense({ units: 3 }), new Dense({ units: 3 })], { name: 'body' });
    const outer = new Sequential([inner, new Dense({ units: 1 })], { seed, inputShape: [2] });
    expect([...outer.parameters().keys()].filter((path) => path.endsWith('kernel'))).toEqual([
      'body/dense/kernel',
      'body/dense_1/kernel',
      'dense/kernel',
    ]);
    inner.trainable = false;
    expect([...outer.trainableParameters().keys()]).toEqual(['dense/kernel', 'dense/bias']);
    expect((await outer.predict([[1, 2]])).shape).toEqual([1, 1]);
  });

  it('holds a layer twice: one set of weights, one row of the table, and so again from its config', () => {
    const shared = new Dense({ units: 2 });
    const model = new Sequential([shared, new Activation({ activation: 'relu' }), shared], { inputShape: [2] });
    expect(model.countParameters().total).toBe(6);
    const again = modelFromConfig(JSON.parse(JSON.stringify(model.serialize())), layerClasses);
    expect(again.summary()).toBe(model.summary());
    expect(again.countParameters().total).toBe(6);
  });

  it('shows any batch size in its table, whatever the data that built it', async () => {
    const model = new Sequential([new Dense({ units: 1 })]);
    expect(model.summary()).toContain('Not built');
    (await model.predict([[1, 2]])).dispose();
    expect(model.summary()).toContain('(null, 1)');
    expect(model.summary()).not.toContain('Not built');
    model.dispose();
  });

  it('hands the mask of a nested model on', async () => {
    const embedding = () => new Embedding({ inputDim: 5, outputDim: 3, maskZero: true });
    const flat = new Sequential([embedding(), new LSTM({ units: 2 })], { seed, inputShape: [4] });
    const symbol = input({ shape: [4] });
    const inners = [
      new Sequential([embedding()], { name: 'words' }),
      new Functional({ inputs: symbol, outputs: embedding().apply(symbol), name: 'words' }),
    ];
    const ids = [[1, 2, 0, 0]];
    const wanted = (await flat.predict(ids)).dataSync();
    for (const inner of inners) {
      const nested = new Sequential([inner, new LSTM({ units: 2 })], { seed, inputShape: [4] });
      nested.initialize();
      for (const [path, { value }] of flat.parameters()) {
        nested.parameters().get(path.replace('embedding/', 'words/embedding/'))!.assign(value);
      }
      expect((await nested.predict(ids)).dataSync()).toEqual(wanted);
    }
  });

  it('leaves nothing behind where its first data does not fit', async () => {
    const model = new Sequential([new Dense({ units: 3 }), new LSTM({ units: 2 })]);
    const before = memory().numTensors;
    await expect(model.predict([[1, 2]])).rejects.toThrow(/lstm/);
    expect(memory().numTensors).toBe(before);
  });

  it('gives back all memory', async () => {
    const before = memory().numTensors;
    {
      using model = cnn();
      const y = await model.predict([Array(28).fill(Array(28).fill([0.5]))]);
      expect(y.shape).toEqual([1, 10]);
      y.dispose();
    }
    expect(memory().numTensors).toBe(before);
  });
});
