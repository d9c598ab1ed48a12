import {
  activateBackend,
  type CallContext,
  convolution2d,
  depthwiseConvolution2d,
  Functional,
  input,
  isEspalierError,
  type Layer,
  Model,
  Rng,
  Sequential,
  type Shape,
} from '@espalier/core';
import { backends } from '@espalier/testing';
import { fill, memory, ones, type Tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Add,
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  Dropout,
  Embedding,
  Flatten,
  GlobalAveragePooling2D,
  GRU,
  GroupNormalization,
  LayerNormalization,
  LSTM,
  MaxPooling2D,
  MultiHeadAttention,
  Reshape,
  SimpleRNN,
} from '../src/index.js';

const ctx: CallContext = { training: false, rng: new Rng(0) };
const path = 'stem/here';

/** Layers, the shape they are built for, and one that is known at run time only and which they cannot take. */
type Refusal = readonly [what: string, make: () => Layer, built: Shape | Shape[], fed: number[] | number[][]];

const image: Shape = [null, null, null, 2];
const windows: Refusal[] = [
  ['Conv2D', () => new Conv2D({ filters: 1, kernelSize: 3 }), image, [1, 2, 2, 2]],
  ['Conv2D, height alone', () => new Conv2D({ filters: 1, kernelSize: [3, 1] }), image, [1, 2, 9, 2]],
  ['Conv2D, width alone', () => new Conv2D({ filters: 1, kernelSize: [1, 3] }), image, [1, 9, 2, 2]],
  ['Conv2D, dilated', () => new Conv2D({ filters: 1, kernelSize: 2, dilationRate: 4 }), image, [1, 4, 9, 2]],
  ['Conv2D, strides', () => new Conv2D({ filters: 1, kernelSize: 5, strides: 3 }), image, [1, 3, 3, 2]],
  ['Conv2D, groups', () => new Conv2D({ filters: 2, kernelSize: 3, groups: 2 }), image, [1, 2, 5, 2]],
  ['Conv2D, same, no pixels', () => new Conv2D({ filters: 1, kernelSize: 3, padding: 'same' }), image, [1, 0, 2, 2]],
  ['DepthwiseConv2D', () => new DepthwiseConv2D({ kernelSize: 3 }), image, [1, 2, 2, 2]],
  ['DepthwiseConv2D, dilated', () => new DepthwiseConv2D({ kernelSize: 2, dilationRate: [1, 5] }), image, [1, 9, 5, 2]],
  ['MaxPooling2D', () => new MaxPooling2D({ poolSize: 3 }), image, [1, 2, 2, 2]],
  ['MaxPooling2D, far too small', () => new MaxPooling2D({ poolSize: 7, strides: 2 }), image, [1, 2, 2, 2]],
  ['MaxPooling2D, width alone', () => new MaxPooling2D({ poolSize: [1, 3] }), image, [2, 5, 2, 2]],
  ['AveragePooling2D', () => new AveragePooling2D({ poolSize: 3 }), image, [1, 2, 2, 2]],
  ['AveragePooling2D, same, no pixels', () => new AveragePooling2D({ padding: 'same' }), image, [1, 2, 0, 2]],
  ['GlobalAveragePooling2D', () => new GlobalAveragePooling2D(), image, [1, 0, 3, 2]],
];
const steps: Shape = [null, null, 3];
const recurrent: Refusal[] = [
  ['LSTM', () => new LSTM({ units: 2 }), steps, [1, 0, 3]],
  ['GRU', () => new GRU({ units: 2, returnSequences: true }), steps, [1, 0, 3]],
  ['SimpleRNN', () => new SimpleRNN({ units: 2 }), steps, [1, 0, 3]],
  ['Bidirectional', () => new Bidirectional({ layer: new LSTM({ units: 2 }) }), steps, [1, 0, 3]],
  [
    'LSTM, another number of states',
    () => new LSTM({ units: 2 }),
    steps,
    [
      [2, 3, 3],
      [2, 2],
    ],
  ],
  [
    'LSTM, states of another batch',
    () => new LSTM({ units: 2 }),
    steps,
    [
      [2, 3, 3],
      [1, 2],
      [1, 2],
    ],
  ],
  [
    'GRU, a state of another size',
    () => new GRU({ units: 2 }),
    steps,
    [
      [2, 3, 3],
      [2, 3],
    ],
  ],
];
const open: Shape = [null, null];
const others: Refusal[] = [
  ['Reshape, -1', () => new Reshape({ targetShape: [2, -1] }), open, [1, 3]],
  ['Reshape', () => new Reshape({ targetShape: [2, 2] }), open, [1, 6]],
  [
    'Add, other sizes',
    () => new Add(),
    [open, open],
    [
      [2, 3],
      [2, 4],
    ],
  ],
  [
    'Add, one example beside two',
    () => new Add(),
    [open, open],
    [
      [1, 3],
      [2, 3],
    ],
  ],
  [
    'Concatenate, other lengths',
    () => new Concatenate(),
    [steps, steps],
    [
      [2, 3, 3],
      [2, 4, 3],
    ],
  ],
  [
    'Concatenate, other batches',
    () => new Concatenate(),
    [steps, steps],
    [
      [1, 3, 3],
      [2, 3, 3],
    ],
  ],
  [
    'MultiHeadAttention, keys beside values',
    () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
    [steps, steps, steps],
    [
      [1, 2, 3],
      [1, 2, 3],
      [1, 3, 3],
    ],
  ],
  [
    'MultiHeadAttention, batches',
    () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
    [steps, steps],
    [
      [2, 2, 3],
      [1, 2, 3],
    ],
  ],
  [
    'MultiHeadAttention, features',
    () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
    [steps, steps],
    [
      [2, 2, 3],
      [2, 2, 4],
    ],
  ],
  ['Dense, one axis', () => new Dense({ units: 1 }), [null, 3], [3]],
  [
    'Dense, a list of two',
    () => new Dense({ units: 1 }),
    [null, 3],
    [
      [1, 3],
      [1, 3],
    ],
  ],
  [
    'Dropout, a list of two',
    () => new Dropout({ rate: 0.5 }),
    [null, 3],
    [
      [1, 3],
      [1, 3],
    ],
  ],
  ['Flatten, no axis', () => new Flatten(), open, []],
  ['Reshape, no axis', () => new Reshape({ targetShape: [1] }), open, []],
];

const list = (fed: number[] | number[][]): number[][] => (Array.isArray(fed[0]) ? fed : [fed]) as number[][];
const build = (layer: Layer, built: Shape | Shape[]): Layer => {
  layer.path = path;
  layer.buildFor(built);
  layer.initialize(new Rng(3));
  return layer;
};
const shapeErrorOf = (where: string | RegExp) =>
  expect.toSatisfy(
    (error: Error) => isEspalierError(error, 'ShapeError') && error.message.search(where) === 0,
    `a ShapeError of ${where}`,
  );

describe.each(backends)('on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it.each([...windows, ...recurrent, ...others])('%s refuses what it cannot take', (_name, make, built, shapes) => {
    const layer = build(make(), built);
    const fed = list(shapes).map((shape) => ones(shape));
    const before = memory().numTensors;
    const run = () => layer.run(fed.length === 1 ? fed[0]! : fed, ctx);
    expect(run).toThrowError(shapeErrorOf(`${path}[ /]`));
    expect(memory().numTensors).toBe(before);
    for (const x of fed) x.dispose();
    layer.dispose();
  });

  // Data sets refuse examples without elements themselves.
  const small = windows.filter(([, , , shape]) => !shape.flat().includes(0));
  it.each(small)('%s is refused in every kind of model', async (_name, make, _built, shape) => {
    const open = [null, null, 2] as const;
    class Own extends Model {
      readonly here = make();
      override call(x: Tensor, inner: CallContext): Tensor {
        return this.here.apply(x, inner);
      }
    }
    const x = input({ shape: open });
    const inner = new Sequential([make()], { inputShape: open, name: 'inner' });
    for (const model of [
      new Sequential([make(), new GlobalAveragePooling2D()], { inputShape: open }),
      new Sequential([make()]),
      new Functional({ inputs: x, outputs: make().apply(x) }),
      new Sequential([inner], { inputShape: open }),
      new Own(),
    ]) {
      const fed = ones(shape as number[]);
      await expect(model.predict(fed)).rejects.toThrowError(shapeErrorOf(/(inner\/)?(here|[a-z_0-9]+2d) \(/));
      model.dispose();
    }
  });

  it('says what would be right and what to do', () => {
    const layer = build(new MaxPooling2D({ poolSize: [2, 3] }), image);
    expect(() => layer.apply(ones([1, 5, 2, 2]), ctx)).toThrowError(
      [
        'stem/here (MaxPooling2D): the window is larger than the image.',
        '  expected: a width of at least 3',
        '  got:      a width of 2',
        "  mend:     feed larger images, make the window smaller, or use padding 'same'",
      ].join('\n'),
    );
  });

  it.each([
    ['convolution2d', () => convolution2d(ones([1, 2, 2, 1]), ones([3, 3, 1, 1]))],
    ['convolution2d', () => convolution2d(ones([1, 9, 4, 1]), ones([2, 2, 1, 1]), { dilationRate: [1, 4] })],
    ['convolution2d', () => convolution2d(ones([1, 2, 5, 4]), ones([3, 3, 2, 2]), { groups: 2, strides: [2, 2] })],
    ['convolution2d', () => convolution2d(ones([1, 0, 5, 1]), ones([3, 3, 1, 1]), { padding: 'same' })],
    ['depthwiseConvolution2d', () => depthwiseConvolution2d(ones([1, 2, 2, 1]), ones([3, 3, 1, 1]))],
    [
      'depthwiseConvolution2d',
      () => depthwiseConvolution2d(ones([1, 5, 1, 2]), ones([1, 2, 2, 1]), { strides: [2, 2] }),
    ],
  ])('%s of an image below the window is refused', (where, run) => {
    expect(run).toThrowError(shapeErrorOf(`${where}: the image is smaller than the window`));
  });

  it.each([
    ['Dense without features', () => new Dense({ units: 2, biasInitializer: 'ones' }), [[1, 0]], [1, 2], [1, 1]],
    ['Dense without examples', () => new Dense({ units: 2 }), [[0, 3]], [0, 2], []],
    ['LayerNormalization without features', () => new LayerNormalization(), [[1, 0]], [1, 0], []],
    ['BatchNormalization without examples', () => new BatchNormalization(), [[0, 3]], [0, 3], []],
    ['Conv2D without examples', () => new Conv2D({ filters: 1, kernelSize: 3 }), [[0, 5, 5, 1]], [0, 3, 3, 1], []],
    ['MaxPooling2D without examples', () => new MaxPooling2D(), [[0, 4, 4, 1]], [0, 2, 2, 1], []],
    ['Reshape of nothing', () => new Reshape({ targetShape: [-1, 2] }), [[1, 0]], [1, 0, 2], []],
    ['Reshape without examples', () => new Reshape({ targetShape: [2, 2] }), [[0, 4]], [0, 2, 2], []],
    ['Flatten of one axis', () => new Flatten(), [[3]], [3, 1], [1, 1, 1]],
    ['Embedding without ids', () => new Embedding({ inputDim: 2, outputDim: 3 }), [[2, 0]], [2, 0, 3], []],
    [
      'MultiHeadAttention without keys',
      () => new MultiHeadAttention({ numHeads: 1, keyDim: 2, biasInitializer: 'ones' }),
      [
        [1, 2, 3],
        [1, 0, 3],
      ],
      [1, 2, 3],
      [1, 1, 1, 1, 1, 1],
    ],
    [
      'MultiHeadAttention without anything',
      () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
      [[1, 0, 3]],
      [1, 0, 3],
      [],
    ],
    [
      'Add that repeats an axis',
      () => new Add(),
      [
        [2, 1, 2],
        [2, 2, 2],
      ],
      [2, 2, 2],
      [2, 2, 2, 2, 2, 2, 2, 2],
    ],
  ] as const)('%s gives what Keras gives', (_name, make, shapes, shape, values) => {
    const fed = shapes.map((one) => ones([...one] as number[]));
    const y = (make() as Layer).apply(fed.length === 1 ? fed[0]! : fed, ctx) as Tensor;
    expect(y.shape).toEqual(shape);
    expect([...y.dataSync()]).toEqual(values);
  });

  it('GroupNormalization refuses more groups than channels', () => {
    expect(() => new GroupNormalization({ groups: 2 }).apply(zeros([1, 0]), ctx)).toThrowError(shapeErrorOf('GroupN'));
    expect(() => new GroupNormalization({ groups: 2 }).apply(zeros([1, 3]), ctx)).toThrowError(shapeErrorOf('GroupN'));
  });

  it('BatchNormalization keeps its statistics from an empty batch', () => {
    const layer = build(new BatchNormalization(), [null, 3]);
    for (const one of [layer, build(new BatchNormalization({ axis: 1 }), [null, 3, 2])]) {
      const x = zeros(one === layer ? [0, 3] : [0, 3, 2]);
      expect(() => one.apply(x, { ...ctx, training: true })).toThrowError(shapeErrorOf(path));
    }
  });

  it.each([[-1], [2], [0.5], [-0.5], [Number.NaN], [Number.POSITIVE_INFINITY]])('Embedding refuses the id %s', (id) => {
    const layer = build(new Embedding({ inputDim: 2, outputDim: 3 }), [null, 2]);
    const ids = fill([1, 2], id);
    expect(() => layer.apply(ids, ctx)).toThrowError(
      expect.toSatisfy((error: Error) => isEspalierError(error, 'DataError') && error.message.startsWith(path)),
    );
  });
});
