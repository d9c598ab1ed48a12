import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  ArrayDataset,
  activateBackend,
  Callback,
  type CallContext,
  type FitOptions,
  type FitProgress,
  isEspalierError,
  LambdaCallback,
  Model,
  Sequential,
} from '@espalier/core';
import { BatchNormalization, Dense, Dropout } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { memory, mul, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const SIZE = 50;
const x = Array.from({ length: SIZE }, (_, i) => [Math.sin(i), Math.cos(i * 1.3), (i % 7) / 7]);
const y = x.map(([a, b]) => (a! + b! > 0 ? [1, 0] : [0, 1]));

function make(seed = 1): Sequential {
  const model = new Sequential(
    [
      new Dense({ units: 8, activation: 'relu', inputShape: [3] }),
      new BatchNormalization(),
      new Dropout({ rate: 0.2 }),
      new Dense({ units: 2, activation: 'softmax' }),
    ],
    { seed },
  );
  model.compile({
    optimizer: new Adam({ learningRate: 0.02 }),
    loss: 'categoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

const weights = (model: Model<Tensor | Tensor[]>) =>
  Object.fromEntries([...model.parameters()].map(([path, p]) => [path, [...p.value.dataSync()]]));

async function trained(options: FitOptions, seed = 1) {
  const model = make(seed);
  const history = await model.fit(x, y, options);
  return { history, weights: weights(model), dispose: () => model.dispose() };
}

describe.each([
  ['cpu', cpu],
  ['wasm', wasm],
])('fit on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it('learns, and tells what it measured', async () => {
    const model = make();
    const { epoch, history } = await model.fit(x, y, { epochs: 25, batchSize: 8, validationData: [x, y] });
    expect(epoch).toEqual(Array.from({ length: 25 }, (_, i) => i));
    expect(Object.keys(history)).toEqual(['loss', 'accuracy', 'valLoss', 'valAccuracy']);
    expect(history['valAccuracy']!.at(-1)).toBeGreaterThan(0.85);
    const measured = await model.evaluate(x, y);
    expect(measured['accuracy']).toBeCloseTo(history['valAccuracy']!.at(-1)!, 6);
    model.dispose();
  });

  it('gives the same weights for the same seed, other ones for another', async () => {
    const first = await trained({ epochs: 3, batchSize: 8 });
    expect((await trained({ epochs: 3, batchSize: 8 })).weights).toEqual(first.weights);
    expect((await trained({ epochs: 3, batchSize: 8 }, 2)).weights).not.toEqual(first.weights);
  });

  it('leaves the tensor count flat for 1,000 steps, and dispose brings it back', async () => {
    const before = memory().numTensors;
    const model = make();
    await model.fit(x, y, { batchSize: 8 });
    const counts = new Set<number>();
    class Count extends Callback {
      override onTrainBatchEnd(): void {
        counts.add(memory().numTensors);
      }
    }
    await model.fit(x, y, { batchSize: 5, epochs: 100, callbacks: [new Count()] });
    expect(counts.size).toBe(1);
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

describe('fit', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  it('resumes in the middle of an epoch, bit for bit', async () => {
    const options = { epochs: 3, batchSize: 8 };
    const whole = await trained(options);
    for (const stopAfter of [3, 7, 9]) {
      const model = make();
      let saved: { progress: FitProgress; weights: Map<string, Float32Array>; optimizer: unknown } | undefined;
      const other = make();
      class Save extends Callback {
        steps = 0;
        override onTrainBatchEnd(): void {
          if (++this.steps !== stopAfter) return;
          saved = { progress: this.model.progress!, weights: new Map(), optimizer: undefined };
          other.initialize();
          for (const [path, p] of this.model.parameters()) other.parameters().get(path)!.assign(p.value);
          other.optimizer.restore(this.model.optimizer.state());
          this.model.stopTraining = true;
        }
      }
      await model.fit(x, y, { ...options, callbacks: [new Save()] });
      const resume = JSON.parse(JSON.stringify(saved!.progress)) as FitProgress;
      const { history } = await other.fit(x, y, { ...options, resume });
      expect(weights(other), `stopped after ${stopAfter}`).toEqual(whole.weights);
      expect(history).toEqual(whole.history.history);
    }
  });

  it('stops after the last batch of an epoch and still reports that epoch on resuming', async () => {
    const model = make();
    const { history } = await model.fit(x, y, { epochs: 1, batchSize: 25 });
    const again = make();
    const data = { epoch: 0, batch: 2, seed: 1, history: {}, sums: { loss: [1, 2], accuracy: [1, 2] } };
    const resumed = await again.fit(x, y, { epochs: 1, batchSize: 25, resume: data });
    expect(Object.keys(resumed.history)).toEqual(Object.keys(history));
    expect(resumed.history['loss']).toEqual([0.5]);
  });

  it('goes on in the middle of the epoch in which a callback stopped it', async () => {
    const options = { epochs: 2, batchSize: 8 };
    const whole = await trained(options);
    const model = make();
    const stop = new LambdaCallback({
      onTrainBatchEnd(batch) {
        model.stopTraining = batch === 2;
      },
    });
    await model.fit(x, y, { ...options, callbacks: [stop] });
    expect(model.progress).toMatchObject({ epoch: 0, batch: 3, history: {} });
    const { history } = await model.fit(x, y, { ...options, resume: model.progress! });
    expect(weights(model)).toEqual(whole.weights);
    expect(history).toEqual(whole.history.history);
  });

  it('refuses to resume a run of another seed', async () => {
    const resume = { epoch: 0, batch: 0, seed: 9, history: {}, sums: {} };
    await expect(make().fit(x, y, { resume })).rejects.toThrow(/another seed/);
  });

  it('weighs examples: weight 0 leaves one out, weight 2 counts it twice in the mean', async () => {
    const model = new Sequential([new Dense({ units: 1, useBias: false, inputShape: [1] })], { seed: 1 });
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: 'mse' });
    model.initialize();
    model.parameters().get('dense/kernel')!.assign(Float32Array.of(1));
    const { loss } = await model.evaluate([[1], [2], [3]], [[0], [0], [0]], { sampleWeight: [0, 1, 2] });
    expect(loss).toBeCloseTo((0 * 1 + 1 * 4 + 2 * 9) / 3, 5);
  });

  it('weighs classes as it weighs their examples', async () => {
    const byClass = await trained({ epochs: 2, classWeight: { 0: 3, 1: 0.5 } });
    const byExample = await trained({ epochs: 2, sampleWeight: y.map(([first]) => (first === 1 ? 3 : 0.5)) });
    expect(byClass.weights).toEqual(byExample.weights);
    expect(byClass.weights).not.toEqual((await trained({ epochs: 2 })).weights);
  });

  it('validates on the last part with validationSplit', async () => {
    const { history } = await trained({ epochs: 1, validationSplit: 0.2, shuffle: false });
    const explicit = make();
    await explicit.fit(x.slice(0, 40), y.slice(0, 40), { epochs: 1, shuffle: false });
    const { loss } = await explicit.evaluate(x.slice(40), y.slice(40));
    expect(history.history['valLoss']![0]).toBeCloseTo(loss!, 6);
  });

  it('prefers validationData to validationSplit, and takes a split of 0 for none', async () => {
    const both = await trained({ validationSplit: 0.2, validationData: [x, y], shuffle: false });
    expect(both.weights).toEqual((await trained({ validationSplit: 0, shuffle: false })).weights);
    await expect(trained({ validationSplit: 20 })).rejects.toThrow(/fraction between 0 and 1/);
  });

  it('counts epochs from initialEpoch, and steps as told', async () => {
    const model = make();
    let steps = 0;
    class Count extends Callback {
      override onTrainBatchEnd(): void {
        steps++;
      }
    }
    const { epoch } = await model.fit(x, y, {
      initialEpoch: 3,
      epochs: 5,
      stepsPerEpoch: 2,
      batchSize: 8,
      callbacks: [new Count()],
    });
    expect(epoch).toEqual([3, 4]);
    expect(steps).toBe(4);
  });

  it('calls the hooks in the order of Keras', async () => {
    const calls: string[] = [];
    const note = (name: string) => () => void calls.push(name);
    class Log extends Callback {
      override onTrainBegin = note('trainBegin');
      override onTrainEnd = note('trainEnd');
      override onEpochBegin = note('epochBegin');
      override onEpochEnd = note('epochEnd');
      override onTrainBatchBegin = note('batchBegin');
      override onTrainBatchEnd = note('batchEnd');
      override onTestBegin = note('testBegin');
      override onTestEnd = note('testEnd');
    }
    await make().fit(x, y, { batchSize: 50, validationData: [x, y], callbacks: [new Log()] });
    expect(calls.join(' ')).toBe('trainBegin epochBegin batchBegin batchEnd testBegin testEnd epochEnd trainEnd');
  });

  it('tells every callback of the end, and throws what ended training rather than what they throw', async () => {
    let told = false;
    const fails = (problem: string) => () => {
      throw new Error(problem);
    };
    const callbacks = [
      new LambdaCallback({ onTrainBatchEnd: fails('the reason'), onTrainEnd: fails('its consequence') }),
      new LambdaCallback({
        onTrainEnd() {
          told = true;
        },
      }),
    ];
    await expect(make().fit(x, y, { callbacks })).rejects.toThrow('the reason');
    expect(told).toBe(true);
    await expect(
      make().fit(x, y, { callbacks: [new LambdaCallback({ onTrainEnd: fails('the end') })] }),
    ).rejects.toThrow('the end');
  });

  it('lets timers and signals through, and stops on an AbortSignal after telling the callbacks', async () => {
    const controller = new AbortController();
    let ended = false;
    class End extends Callback {
      override onTrainEnd(): void {
        ended = true;
      }
    }
    setTimeout(() => controller.abort(), 120);
    const run = make().fit(x, y, { epochs: 100_000, signal: controller.signal, callbacks: [new End()] });
    await expect(run).rejects.toThrow(/abort/i);
    expect(ended).toBe(true);
  });

  it('introduces the callbacks of evaluate to the model', async () => {
    const model = make();
    let met: unknown;
    class Meet extends Callback {
      override onTestBegin(): void {
        met = this.model;
      }
    }
    await model.evaluate(x, y, { callbacks: [new Meet()] });
    expect(met).toBe(model);
  });

  it('takes a data set', async () => {
    const data = new ArrayDataset({
      inputs: { data: Float32Array.from(x.flat()), shape: [3] },
      targets: { data: Float32Array.from(y.flat()), shape: [2] },
    });
    const model = make();
    await model.fit(data, { epochs: 2, batchSize: 8, validationData: data });
    await expect(model.fit(data, { sampleWeight: [1] })).rejects.toThrow(/sampleWeight: a data set brings/);
    expect(weights(model)).toEqual((await trained({ epochs: 2, batchSize: 8 })).weights);
  });
});

describe('a model of your own', () => {
  class Scaled extends Model {
    readonly blocks = [new Dense({ units: 4, activation: 'relu' }), new Dense({ units: 2, activation: 'softmax' })];
    override call(inputs: Tensor, ctx: CallContext): Tensor {
      return this.blocks.reduce((h, block) => block.apply(h, ctx), mul(inputs, 0.5) as Tensor);
    }
  }

  it('finds its layers, builds on the first data and trains', async () => {
    const model = new Scaled({ seed: 1 });
    model.compile({ optimizer: new Adam({ learningRate: 0.05 }), loss: 'categoricalCrossentropy' });
    const { history } = await model.fit(x, y, { epochs: 15 });
    expect([...model.parameters().keys()]).toEqual([
      'blocks/0/kernel',
      'blocks/0/bias',
      'blocks/1/kernel',
      'blocks/1/bias',
    ]);
    expect(history['loss']!.at(-1)).toBeLessThan(history['loss']![0]!);
    expect(model.summary()).toContain('blocks/0');
  });

  it('starts from weights that its seed and paths decide', async () => {
    const [a, b] = [new Scaled({ seed: 5 }), new Scaled({ seed: 5 })];
    const [one, two] = [await a.predict(x), await b.predict(x)];
    expect(two.dataSync()).toEqual(one.dataSync());
    expect(weights(a)['blocks/0/kernel']!.slice(0, 4)).not.toEqual(weights(a)['blocks/1/kernel']!.slice(0, 4));
  });
});

describe('what cannot work says why', () => {
  const failure = async (run: Promise<unknown>) =>
    run.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('before compile', async () => {
    const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
    expect(await failure(model.fit([[1]], [[1]]))).toSatisfy((e: unknown) => isEspalierError(e, 'StateError'));
  });

  it('unknown loss and metric, with the nearest names', () => {
    const optimizer = new Adam();
    const model = make();
    expect(() => model.compile({ optimizer, loss: 'categoricalCrosentropy' as 'mse' })).toThrow(
      /did you mean 'categoricalCrossentropy'/,
    );
    expect(() => model.compile({ optimizer, loss: 'mse', metrics: ['acuracy' as 'accuracy'] })).toThrow(/'accuracy'/);
  });

  it.each(['adam', undefined])('no optimizer, but %o', (optimizer) => {
    const options = { optimizer: optimizer as unknown as Adam, loss: 'mse' } as const;
    expect(() => make().compile(options)).toThrow(/not an optimizer[\s\S]*new Adam\(\)/);
  });

  it('labels out of range, before any weight changes', async () => {
    const model = new Sequential([new Dense({ units: 3, activation: 'softmax', inputShape: [3] })], { seed: 1 });
    model.compile({ optimizer: new Adam(), loss: 'sparseCategoricalCrossentropy' });
    model.initialize();
    const before = weights(model);
    const tensors = memory().numTensors;
    for (const [label, classWeight] of [[3], [3, { 0: 2 }], [-1, { 0: 2 }]] as const) {
      const error = await failure(model.fit(x.slice(0, 3), [0, 2, label], classWeight && { classWeight }));
      expect(isEspalierError(error, 'DataError')).toBe(true);
      expect(String(error)).toMatch(/step 1/);
      expect(String(error)).toContain(`label ${label}`);
    }
    expect(weights(model)).toEqual(before);
    expect(memory().numTensors).toBe(tensors);
  });

  it('a model that is frozen as a whole', async () => {
    const model = make();
    model.trainable = false;
    expect(await failure(model.fit(x, y))).toSatisfy((e: unknown) => isEspalierError(e, 'StateError'));
  });

  it('classWeight where an example has several classes', async () => {
    const model = new Sequential([new Dense({ units: 2, activation: 'softmax', inputShape: [3, 1] })], { seed: 1 });
    model.compile({ optimizer: new SGD(), loss: 'sparseCategoricalCrossentropy' });
    const error = await failure(
      model.fit(
        [[[1], [2], [3]]],
        [[0, 1, 1]].map((row) => row.map((c) => [c])),
        { classWeight: { 0: 2 } },
      ),
    );
    expect(isEspalierError(error, 'ShapeError')).toBe(true);
  });

  it('targets of another shape', async () => {
    expect(
      isEspalierError(
        await failure(
          make().fit(
            x,
            y.map(([first]) => first!),
          ),
        ),
        'ShapeError',
      ),
    ).toBe(true);
  });

  it('x and y of different lengths', async () => {
    expect(String(await failure(make().fit(x, y.slice(1))))).toMatch(/50[\s\S]*49/);
  });

  it('a loss that is not a number, naming the step', async () => {
    const model = make();
    const bad = x.map((row, i) => (i === 20 ? [Number.NaN, 0, 0] : row));
    const error = await failure(model.fit(bad, y, { batchSize: 5, shuffle: false }));
    expect(isEspalierError(error, 'TrainingError')).toBe(true);
    expect(String(error)).toMatch(/epoch 1, step 5/);
  });
});
