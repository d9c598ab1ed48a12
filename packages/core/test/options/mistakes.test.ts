import { cpu } from '@espalier/backend-cpu';
import { Activation, Conv2D, Dense, Dropout, GlorotUniform, L2, layerClasses, MaxPooling2D } from '@espalier/layers';
import { Adam, clipByNorm, optimizerFromConfig, SGD, scheduleFromConfig } from '@espalier/optimizers';
import { abs, mean, sub, type Tensor, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  activateBackend,
  BinaryAccuracy,
  EarlyStopping,
  isEspalierError,
  Layer,
  LossMetric,
  layerFromConfig,
  lossFromConfig,
  MeanSquaredError,
  Model,
  ModelCheckpoint,
  memoryStorage,
  metricFromConfig,
  modelFromConfig,
  Rng,
  restoreCheckpoint,
  Sequential,
  type Shape,
  saveCheckpoint,
} from '../../src/index.js';

beforeAll(async () => void (await activateBackend(cpu())));

const dense = () => new Dense({ units: 1, inputShape: [1] });
const model = () => new Sequential([dense()], { seed: 1 });
const compiled = (more: object = {}) => {
  const made = model();
  made.compile({ optimizer: new SGD(), loss: 'mse', ...more } as never);
  return made;
};
const x = [[1], [2]];
const y = [[1], [2]];
/** Calls as somebody without types writes them. */
const loose = (value: unknown) => value as Record<string, (...given: unknown[]) => unknown>;
const fit = (options: unknown) => loose(compiled()).fit!(x, y, options);
const evaluate = (options: unknown) => loose(compiled()).evaluate!(x, y, options);
const compile = (options: object) => loose(model()).compile!({ optimizer: new SGD(), loss: 'mse', ...options });
const make = (Class: unknown, ...given: unknown[]) => new (Class as new (...all: unknown[]) => unknown)(...given);
function absoluteError(targets: Tensor, predictions: Tensor): Tensor {
  return abs(sub(targets, predictions));
}

const MISTAKES: readonly (readonly [string, () => unknown, ...string[]])[] = [
  ['units without a name', () => make(Dense, 16), 'Dense: options are given by name', 'write ({ units: 16 })'],
  ['no options', () => make(Dense), "the option 'units' is missing"],
  ['no kernelSize', () => make(Conv2D, { filters: 3 }), "the option 'kernelSize' is missing"],
  ['a rate of another name', () => make(Dropout, { dropOut: 0.5 }), "no option 'dropOut'"],
  ['sizes as text', () => make(MaxPooling2D, { poolSize: ['2', '2'] }), 'poolSize', "['2', '2']"],
  ['three sizes', () => make(MaxPooling2D, { poolSize: [2, 2, 2] }), 'poolSize', '[2, 2, 2]'],
  [
    'an activation that is a layer',
    () => make(Dense, { units: 1, activation: new Activation({ activation: 'relu' }) }),
    'activation',
  ],
  ['an activation that is a class', () => make(Dense, { units: 1, activation: Activation }), 'the class Activation'],
  [
    'an initializer in snake case',
    () => make(Dense, { units: 1, kernelInitializer: 'glorot_uniform' }),
    "'glorotUniform'",
  ],
  [
    'an initializer that is a class',
    () => make(Dense, { units: 1, kernelInitializer: GlorotUniform }),
    'new GlorotUniform()',
  ],
  ['a regularizer for an initializer', () => make(Dense, { units: 1, kernelInitializer: new L2() }), 'initializer'],
  [
    'an initializer for a regularizer',
    () => make(Dense, { units: 1, kernelRegularizer: new GlorotUniform() }),
    'regularizer',
  ],
  ['a shape as a number', () => make(Dense, { units: 1, inputShape: 4 }), 'write [4]'],
  ['a shape with text', () => make(Dense, { units: 1, inputShape: ['4'] }), "['4']"],
  ['a layer alone', () => make(Sequential, dense()), 'the layers are given in a list'],
  ['a layer without new', () => make(Sequential, [Dense]), 'layers[0]', 'new Dense('],
  ['add', () => loose(model()).add!(dense()), 'give all layers at once'],
  ['a layer on lists', () => loose(dense()).apply!([[1]], { training: false, rng: new Rng(0) }), 'not a tensor'],
  ['a rate as text', () => make(Adam, { learningRate: '0.1' }), 'write 0.1 without quotes'],
  ['a schedule that is none', () => make(Adam, { learningRate: { rate: 1 } }), 'neither a number nor a schedule'],
  ['a name for an optimizer to clip', () => loose({ clipByNorm }).clipByNorm!('adam', { norm: 1 }), 'not an optimizer'],
  ['an optimizer without new', () => compile({ optimizer: Adam }), 'make one: new Adam()'],
  ['an optimizer as text', () => compile({ optimizer: 'adam' }), 'not an optimizer', 'new Adam()'],
  ['no loss', () => compile({ loss: undefined }), "the option 'loss' is missing"],
  ['a loss without new', () => compile({ loss: MeanSquaredError }), 'make one: new MeanSquaredError()'],
  ['a loss in snake case', () => compile({ loss: 'categorical_crossentropy' }), "'categoricalCrossentropy'"],
  ['a metric for a loss', () => compile({ loss: new BinaryAccuracy() }), 'put it among the metrics'],
  ['a loss for a metric', () => compile({ metrics: [new MeanSquaredError()] }), 'new LossMetric({ loss })'],
  ['a metric without new', () => compile({ metrics: [BinaryAccuracy] }), 'make one: new BinaryAccuracy()'],
  ['metric for metrics', () => compile({ metric: ['accuracy'] }), "did you mean 'metrics'?"],
  ['fit before compile', () => loose(model()).fit!(x, y), 'not compiled'],
  ['evaluate before compile', () => loose(model()).evaluate!(x, y), 'not compiled'],
  ['fit without data', () => loose(compiled()).fit!(), 'there is no data'],
  ['fit on null', () => loose(compiled()).fit!(null, y), 'there is no data'],
  ['fit without targets', () => loose(compiled()).fit!(x), 'there are no targets'],
  ['options for targets', () => loose(compiled()).fit!(x, { epochs: 2 }), 'options in their place'],
  ['targets of another number', () => loose(compiled()).fit!(x, [[1]]), 'differ in the number of examples'],
  ['predict without data', () => loose(compiled()).predict!(), 'cannot be read as numbers'],
  ['verbose', () => fit({ verbose: 1 }), "no 'verbose' yet"],
  ['batch_size', () => fit({ batch_size: 2 }), "'batch_size' is 'batchSize' here"],
  ['no batch size', () => fit({ batchSize: 0 }), 'batchSize'],
  ['half an epoch', () => fit({ epochs: 0.5 }), 'epochs'],
  ['no epochs', () => fit({ epochs: 0 }), 'epochs'],
  ['no epoch left', () => fit({ initialEpoch: 3, epochs: 3 }), 'no epoch left', 'initialEpoch + n'],
  ['no steps', () => fit({ stepsPerEpoch: 0 }), 'stepsPerEpoch'],
  ['no steps of validation', () => fit({ validationSteps: 0, validationData: [x, y] }), 'validationSteps'],
  ['validation without targets', () => fit({ validationData: [x] }), 'validationData'],
  ['a callback without new', () => fit({ callbacks: [EarlyStopping] }), 'callbacks[0]', 'new EarlyStopping()'],
  ['a controller for a signal', () => fit({ signal: new AbortController() }), 'controller.signal'],
  ['classes by name', () => fit({ classWeight: { cat: 2 } }), 'classWeight', 'cat'],
  ['progress that is none', () => fit({ resume: {} }), 'resume', 'does not say where'],
  ['evaluate in no steps', () => evaluate({ steps: 0 }), 'steps'],
  ['predict with steps', () => loose(compiled()).predict!(x, { steps: 1 }), "no 'steps' yet"],
  ['targets for options', () => loose(compiled()).predict!(x, y), 'options are given by name'],
  ['a batch of lists', () => loose(compiled()).trainStep!({ inputs: x, targets: y, size: 2 }), 'made of tensors'],
  ['a figure in snake case', () => make(EarlyStopping, { monitor: 'val_loss' }), "did you mean 'valLoss'?"],
  ['a mode that is none', () => make(EarlyStopping, { mode: 'less' }), 'no such mode'],
  ['a path for a storage', () => make(ModelCheckpoint, { storage: './runs' }), 'storage'],
  ['a path to save to', () => saveCheckpoint('./runs' as never, {} as never), 'fileStorage(directory)'],
  ['nothing to restore', () => restoreCheckpoint(memoryStorage(), {} as never), "'model' is missing"],
];

it.each(MISTAKES)('%s', async (_, run, ...parts) => {
  const error = await (async () => (run as () => unknown)())().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(isEspalierError(error), String(error)).toBe(true);
  for (const part of parts) expect(String(error)).toContain(part);
});

describe('damaged configs end in a typed error', () => {
  let deep: object = { className: 'SGD', config: {} };
  for (let i = 0; i < 5000; i++) deep = { className: 'ClipByNorm', config: { norm: 1, optimizer: deep } };
  const nested = (config: object) => ({ className: 'Sequential', config });
  const damaged: readonly unknown[] = [
    undefined,
    null,
    3,
    'Dense',
    [],
    {},
    { className: 'Dense' },
    { config: {} },
    { className: 3, config: {} },
    { className: 'Dense', config: null },
    { className: 'Dense', config: [] },
    { className: 'constructor', config: {} },
    { className: '__proto__', config: {} },
    JSON.parse('{"className":"Dense","config":{"__proto__":1}}'),
    { className: 'Dense', config: { units: '3' } },
    nested({}),
    nested({ layers: null }),
    nested({ layers: [0] }),
    nested({ layers: [null] }),
    nested({ layers: [{ className: 'Dense', config: {} }] }),
    deep,
    { className: 'Functional', config: {} },
    { className: 'Functional', config: { inputs: [3], layers: {}, calls: [] } },
    {
      className: 'Functional',
      config: { inputs: [{ shape: [1] }], layers: {}, calls: [{}], outputs: [], single: true },
    },
    {
      className: 'Functional',
      config: { inputs: [{ shape: [1] }], layers: {}, calls: [], outputs: ['input', 9], single: true },
    },
    { className: 'Bidirectional', config: {} },
    { className: 'ClipByNorm', config: {} },
    { className: 'LossMetric', config: {} },
  ];
  const readers: Readonly<Record<string, (object: never) => unknown>> = {
    layerFromConfig: (object) => layerFromConfig(object, layerClasses),
    modelFromConfig: (object) => modelFromConfig(object, layerClasses),
    optimizerFromConfig: (object) => optimizerFromConfig(object),
    lossFromConfig: (object) => lossFromConfig(object),
    metricFromConfig: (object) => metricFromConfig(object),
    scheduleFromConfig: (object) => scheduleFromConfig(object),
  };
  it.each(Object.entries(readers))('%s', (_, read) => {
    for (const [i, object] of damaged.entries()) {
      let error: unknown;
      try {
        read(object as never);
      } catch (thrown) {
        error = thrown;
      }
      expect(isEspalierError(error, 'ValueError'), `damaged[${i}]: ${error}`).toBe(true);
    }
  });
});

describe('what is meant without doubt is taken', () => {
  it('functions as loss and metric, which cannot be saved', async () => {
    const made = compiled({ loss: absoluteError, metrics: absoluteError, optimizer: new SGD({ learningRate: 0 }) });
    const named = compiled({ loss: 'mae', optimizer: new SGD({ learningRate: 0 }) });
    const mine = await made.evaluate([[1], [3]], [[2], [2]]);
    const theirs = await named.evaluate([[1], [3]], [[2], [2]]);
    expect(mine.loss).toBeCloseTo(theirs.loss!, 6);
    expect(mine.absoluteError).toBeCloseTo(theirs.loss!, 6);
    const metric = new LossMetric({ loss: absoluteError });
    expect(() => metric.serialize()).toThrow(/'absoluteError': it is a function, which a file cannot hold/);
    const history = await made.fit(x, y, { epochs: 1, callbacks: new EarlyStopping({ monitor: 'loss' }) });
    expect(Object.keys(history.history)).toEqual(['loss', 'absoluteError']);
  });

  it('a function that gives one number for the whole batch', async () => {
    const whole = (targets: Tensor, predictions: Tensor) => mean(abs(sub(targets, predictions)));
    const { loss } = await compiled({ loss: whole }).evaluate(x, y, { sampleWeight: [2, 2] });
    const { loss: one } = await compiled({ loss: whole }).evaluate(x, y);
    expect(loss).toBeCloseTo(2 * one!, 5);
    await expect(compiled({ loss: () => 3 }).evaluate(x, y)).rejects.toThrow(/the function gave no tensor/);
  });

  it('a metric by its name alone', async () => {
    expect(Object.keys(await compiled({ metrics: 'mae' }).evaluate(x, y))).toEqual(['loss', 'mae']);
  });
});

describe('classes of the user', () => {
  class Scale extends Layer {
    readonly className = 'Scale';
    readonly factor: number;
    constructor({ factor, ...options }: { factor: number; name?: string }) {
      super(options);
      this.factor = factor;
    }
    override call(inputs: Tensor): Tensor {
      return inputs;
    }
    override computeOutputShape(shape: Shape): Shape {
      return shape;
    }
  }
  class Careless extends Scale {
    constructor(options: { factor: number }) {
      super({ ...options, extra: 1 } as never);
    }
  }
  class Whole extends Model {
    override call(inputs: Tensor): Tensor {
      return inputs;
    }
  }

  it('take their own options out, and are told so', () => {
    expect(new Scale({ factor: 2, name: 'twice' }).name).toBe('twice');
    expect(() => new Careless({ factor: 2 })).toThrow(
      /^Careless: there is no option 'extra'.*\n.*\n.*super\(options\)/,
    );
    expect(() => make(Whole, { sed: 1 })).toThrow(/^Whole: there is no option 'sed'[\s\S]*did you mean 'seed'/);
    expect(new Whole({ seed: 3 }).seed).toBe(3);
  });

  it('run as before', () => {
    const ctx = { training: false, rng: new Rng(0) };
    expect(new Scale({ factor: 2 }).apply(tensor2d([[1]]), ctx).shape).toEqual([1, 1]);
  });
});
