import { cpu } from '@espalier/backend-cpu';
import { Dense } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { add, memory, ones, type Tensor, tensor1d, tensor2d, tidy, train, variable } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  activateBackend,
  Callback,
  input,
  isEspalierError,
  Layer,
  loadModel,
  Model,
  ModelCheckpoint,
  memoryStorage,
  Sequential,
} from '../../src/index.js';

beforeAll(async () => void (await activateBackend(cpu())));

const x = [[0, 0], [0, 1], [1, 0], [1, 1]]; // biome-ignore format: one line
const y = [[0], [1], [1], [0]];
const tensors = () => ({ inputs: tensor2d(x), targets: tensor2d(y) });

/** Models are freed after each case, however it ends. */
const made: Model[] = [];
function compiled(options: object = {}, layers: unknown[] = [new Dense({ units: 1, inputShape: [2] })]): Sequential {
  const model = new Sequential(layers as Layer[], { seed: 1 });
  made.push(model);
  model.compile({ optimizer: new SGD(), loss: 'mse', ...options } as never);
  return model;
}
const fit = (data: unknown, ...more: unknown[]) => (compiled().fit as (...all: unknown[]) => unknown)(data, ...more);
const withLoss = (loss: unknown) => compiled({ loss }).fit(x, y);
const withMetric = (metric: object) => compiled({ metrics: [{ name: 'mine', result: () => 0, ...metric }] }).fit(x, y);
const withHook = (callback: object) => compiled().fit(x, y, { callbacks: [callback as Callback] });
/** A class of layers as plain JavaScript writes it. */
const layer = (members: object) => {
  class Mine extends (Layer as unknown as new () => object) {}
  Object.assign(Mine.prototype, members);
  return new Mine();
};
const whole = { className: 'Mine', call: (t: Tensor) => t, computeOutputShape: (shape: unknown) => shape };
const predict = (members: object) => compiled({}, [layer(members), new Dense({ units: 1 })]).predict(x);
const batches = (make: () => unknown, size: number | undefined = 4) => ({
  size,
  async *batches() {
    yield make();
  },
});
const gone = () => {
  const tensor = tensor2d(x);
  tensor.dispose();
  return tensor;
};
const cyclic: unknown[] = [];
cyclic.push(cyclic);

const MISTAKES: readonly [string, () => unknown, ...string[]][] = [
  ['a layer without className', () => predict({ ...whole, className: undefined }), 'Mine', 'className'],
  ['a layer without call', () => predict({ ...whole, call: undefined }), "has no 'call'", 'a method call'],
  ['a layer without a shape', () => predict({ ...whole, computeOutputShape: undefined }), "'computeOutputShape'"],
  ['a layer that gives a number', () => predict({ ...whole, call: () => 3 }), 'call() gave no tensor', 'got:      3'],
  ['a layer that gives nothing', () => predict({ ...whole, call: () => undefined }), 'call() gave no tensor'],
  ['a layer that is async', () => predict({ ...whole, call: async (t: Tensor) => t }), 'cannot be async'],
  [
    'a variable of tfjs',
    () => {
      const held = tidy(() => variable(ones([2]), true));
      try {
        return compiled({}, [Object.assign(layer(whole), { held })]);
      } finally {
        held.dispose();
      }
    },
    'held: a variable of tfjs is no parameter',
    'this.held = this.addWeight',
  ],
  [
    'a model without call',
    () => {
      class Mine extends (Model as unknown as new () => object) {}
      return (new Mine() as Model).predict(x);
    },
    "has no 'call'",
  ],
  ['an operation on a symbolic tensor', () => add(input({ shape: [2] }) as never, 1), 'a layer of your own'],
  ['trainable as text', () => fitWith((model) => Object.assign(model.layers[0]!, { trainable: 'no' })), 'trainable'],
  ['weights in the words of Keras', () => predict({ ...whole, build: addWeight }), '({ shape: … })'],
  ['an argument too many', () => new (Adam as never as new (...all: unknown[]) => unknown)([], { lr: 1 }), 'second'],
  ["tfjs's optimizer", () => compiledBy(train.sgd(0.1)), 'not an optimizer of Espalier', 'new Adam()'],
  ['a checkpoint by path', () => new ModelCheckpoint('model.h5' as never), 'write ({ storage: … })'],
  ['a class to load with', () => load(Adam), 'the class Adam', 'optimizerFromConfig'],
  ['an optimizer to load with', () => load(new Adam()), 'class Adam', 'optimizerFromConfig'],

  ['a hook in snake case', () => withHook(hooks({ on_epoch_end() {} })), "call it 'onEpochEnd'"],
  ['a misspelt hook', () => withHook(hooks({ onEpochEnds() {} })), "'onEpochEnds' is no hook", "'onEpochEnd'"],
  ["Keras's old hook", () => withHook(hooks({ onBatchEnd() {} })), "call it 'onTrainBatchEnd'"],
  ['a hook in a field', () => withHook(Object.assign(hooks({}), { onTrainEnds: () => {} })), "'onTrainEnd'"],

  ['a loss of constants', () => withLoss(() => ones([4])), 'does not depend on what is trained', 'predictions'],
  ['statistics of another size', () => withMetric({ statisticsSize: 2, statistics: () => ones([3]) }), '(2,)', '(3,)'],
  ['statistics that are numbers', () => withMetric({ statisticsSize: 1, statistics: () => [1] }), 'a list of 1'],
  [
    'class weights of numbers',
    () => compiled().fit(x, [0.5, 1, 2, 3], { classWeight: { 0: 1 } }),
    '0.5 is not a class',
  ],
  ['a softmax of one class', () => withLoss('categoricalCrossentropy'), 'a single class', 'binaryCrossentropy'],
  ['labels of one class', () => compiled({ loss: 'sparseCategoricalCrossentropy' }).fit(x, [0, 0, 0, 0]), 'sigmoid'],
  ['logits for probabilities', () => compiled({ loss: 'categoricalCrossentropy' }, [logits()]).fit(x, x), 'softmax'],

  ['a tensor that is gone', () => fit(gone(), y), 'x: the tensor was disposed of'],
  ['targets that are gone', () => fit(x, gone()), 'y: the tensor was disposed of'],
  ['a list that holds itself', () => fit(cyclic, y), 'x: the lists are nested too deeply', 'holds itself'],
  ['a split of one example', () => fit([[1, 2]], [1], { validationSplit: 0.5 }), 'at least 2 examples'],

  ['batches that are none', () => fit({ size: 4, batches: () => 3 }), 'batches() gave nothing to pass over', 'yield'],
  ['a batch of lists', () => fit(batches(() => ({ inputs: x, targets: y, size: 4 }))), 'no batch of tensors'],
  [
    'a batch as a pair',
    () => fit(batches(() => [tensor2d(x), tensor2d(y)])),
    'no batch of tensors',
    '{ inputs, targets',
  ],
  ['nothing for a batch', () => fit(batches(() => undefined)), 'no batch of tensors', 'undefined'],
  ['a batch that miscounts', () => fit(batches(() => ({ ...tensors(), size: 2 }))), 'size: 4', 'got:      2'],
  ['a batch without its size', () => fit(batches(tensors)), 'size: 4', 'undefined'],
  [
    'weights that miscount',
    () => fit(batches(() => ({ ...tensors(), sampleWeight: tensor1d([1]), size: 4 }))),
    'size: 1',
  ],
  [
    'the same tensors twice',
    () => {
      const same = { ...tensors(), size: 4 };
      return fit(batches(() => same), { epochs: 2 }); // biome-ignore format: one line
    },
    'a tensor that was disposed of',
    'new tensors for each batch',
  ],
  ['a data set without an end', () => fit(endless(4)), 'more examples than its size', 'expected: 4'],
  ['the same to evaluate', () => compiled().evaluate(endless(4) as never), 'evaluate', 'more examples than its size'],
  ['the same to predict', () => compiled().predict(endless(4) as never), 'predict', 'more examples than its size'],
];

function addWeight(this: Layer): void {
  (this as never as Record<string, (...all: unknown[]) => unknown>).addWeight!('kernel', [2]);
}
function fitWith(change: (model: Sequential) => void) {
  const model = compiled();
  change(model);
  return model.fit(x, y);
}
function compiledBy(optimizer: ReturnType<typeof train.sgd>) {
  try {
    return compiled({ optimizer });
  } finally {
    optimizer.dispose();
  }
}
function hooks(members: object): Callback {
  class Mine extends Callback {}
  Object.assign(Mine.prototype, members);
  return new Mine();
}
function logits() {
  const ends = (shape: readonly number[]) => Float32Array.from({ length: shape[0]! * shape[1]! }, (_, i) => i - 2);
  const kernelInitializer = { className: 'Ends', getConfig: () => ({}), values: ends };
  return new Dense({ units: 2, inputShape: [2], kernelInitializer });
}
function endless(size: number) {
  return {
    size,
    *batches() {
      for (;;) yield { ...tensors(), size: 4 };
    },
  };
}
async function load(optimizer: unknown) {
  return loadModel(memoryStorage(), { layers: {}, optimizer } as never);
}

describe('what users write themselves', () => {
  it.each(MISTAKES)('%s', async (_, mistake, ...parts) => {
    const before = memory().numTensors;
    let message = 'nothing was said';
    try {
      await mistake();
    } catch (error) {
      message = isEspalierError(error) ? error.message : `untyped: ${String(error)}`;
    }
    for (const model of made.splice(0)) model.dispose();
    for (const part of parts) expect(message).toContain(part);
    expect(message.split('\n').length).toBeLessThanOrEqual(4);
    expect(memory().numTensors).toBe(before);
  });

  it('is taken where it is right', async () => {
    const model = compiled({}, [layer(whole), new Dense({ units: 1 })]);
    const { history } = await model.fit(endless(4) as never, { stepsPerEpoch: 3, callbacks: [hooks({ onSave() {} })] });
    expect(history.loss).toHaveLength(1);
    (await model.predict(batches(() => ({ inputs: tensor2d(x), size: 4 }), undefined) as never)).dispose();
    for (const one of made.splice(0)) one.dispose();
  });
});
