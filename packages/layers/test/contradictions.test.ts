import {
  activateBackend,
  Functional,
  input,
  isEspalierError,
  type Layer,
  Model,
  type Rng,
  Sequential,
  type SymbolicTensor,
} from '@espalier/core';
import { SGD } from '@espalier/optimizers';
import { backends } from '@espalier/testing';
import { cast, memory, ones, type Tensor, tensor, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { Add, Conv2D, Dense, Dropout, Embedding, Flatten, Input, LSTM, Reshape } from '../src/index.js';

const errorOf = (kind: 'ShapeError' | 'ValueError' | 'DataError', start: string) =>
  expect.toSatisfy(
    (error: Error) => isEspalierError(error, kind) && error.message.startsWith(start),
    `a ${kind} that begins with ${start}`,
  );
const dense = (name: string, inputShape?: (number | null)[]): Layer =>
  new Dense({ units: 3, name, ...(inputShape && { inputShape }) });

describe('an inputShape that contradicts what reaches the layer', () => {
  it.each([
    ['another size', () => [dense('a', [4]), dense('b', [5])], 'b (Dense)'],
    ['another rank', () => [dense('a', [4]), dense('b', [3, 3])], 'b (Dense)'],
    ['an Input in the middle', () => [dense('a', [4]), new Input({ shape: [2], name: 'b' })], 'b (InputLayer)'],
    [
      'a layer without a spec',
      () => [dense('a', [4]), new Dropout({ rate: 0.1, name: 'b', inputShape: [4] })],
      'b (Dropout)',
    ],
    ['a model inside', () => [dense('a', [4]), new Sequential([dense('c', [5])], { name: 'b' })], 'b (Sequential)'],
  ])('is refused in a Sequential: %s', (_, layers, where) => {
    expect(() => new Sequential(layers())).toThrowError(errorOf('ShapeError', where));
  });

  it('is refused where it contradicts that of the model', () => {
    expect(() => new Sequential([dense('a', [4])], { inputShape: [5] })).toThrowError(
      errorOf('ShapeError', 'a (Dense)'),
    );
  });

  it('is refused in a Functional, with both shapes', () => {
    const x = input({ shape: [null, 4] });
    expect(() => dense('a', [2, 5]).apply(x)).toThrowError(
      'a (Dense): the input contradicts the inputShape that was given.\n' +
        '  expected: (null, 2, 5), with the batch first\n  got:      (null, null, 4)',
    );
  });

  it('may repeat what reaches the layer, and leave axes open', () => {
    new Sequential([dense('a', [4]), dense('b', [3]), dense('c', [null])]);
  });

  it('is held against the sizes of run time', async () => {
    await activateBackend(backends[0]![1]());
    const model = new Sequential([new Flatten(), new Reshape({ targetShape: [-1, 2], name: 'r', inputShape: [6] })]);
    await expect(model.predict(ones([2, 2, 4]))).rejects.toThrowError(errorOf('ShapeError', 'r (Reshape)'));
  });
});

describe('a graph', () => {
  const a = () => input({ shape: [4], name: 'a' });

  it('may have an input that nothing needs, as in Keras', async () => {
    await activateBackend(backends[0]![1]());
    const [x, unused] = [a(), input({ shape: [2] })];
    const model = new Functional({ inputs: [x, unused], outputs: dense('d').apply(x), seed: 1 });
    expect((await model.predict([ones([3, 4]), ones([3, 2])])).shape).toEqual([3, 3]);
  });

  it.each([
    [
      'an input given twice',
      () => {
        const x = a();
        return { inputs: [x, x], outputs: dense('d').apply(x) };
      },
      'Functional, inputs',
    ],
    ['an input that is not listed', () => ({ inputs: a(), outputs: dense('d').apply(a()) }), 'Functional'],
    ['no inputs', () => ({ inputs: [], outputs: dense('d').apply(a()) }), 'Functional, inputs'],
    ['no outputs', () => ({ inputs: a(), outputs: [] }), 'Functional, outputs'],
    [
      'a layer as an output',
      () => ({ inputs: a(), outputs: dense('d') as unknown as SymbolicTensor }),
      'Functional, outputs',
    ],
    [
      'a tensor as an input',
      () => ({ inputs: ones([1, 4]) as unknown as SymbolicTensor, outputs: a() }),
      'Functional, inputs',
    ],
    [
      'two layers of one name',
      () => {
        const x = a();
        return { inputs: x, outputs: dense('d').apply(dense('d').apply(x)) };
      },
      'Functional',
    ],
  ])('is refused with %s', (_, options, where) => {
    expect(() => new Functional(options() as never)).toThrowError(errorOf('ValueError', where));
  });

  it('takes no tensors among symbolic ones', () => {
    expect(() => new Add({ name: 'sum' }).apply([a(), ones([1, 4]) as never])).toThrowError(
      errorOf('ValueError', 'sum (Add)'),
    );
    expect(() => new Add({ name: 'sum' }).apply([ones([1, 4]) as never, a()])).toThrowError(
      errorOf('ValueError', 'sum (Add)'),
    );
  });

  it('refuses words where numbers are computed', () => {
    const words = input({ shape: [4], dtype: 'string' });
    expect(() => dense('d').apply(words)).toThrowError(errorOf('ShapeError', 'd (Dense)'));
  });
});

describe.each(backends)('data on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  const compiled = <M extends Model>(model: M): M => {
    model.compile({ optimizer: new SGD(), loss: 'meanSquaredError' });
    return model;
  };
  const two = () => {
    const [x, y] = [input({ shape: [4] }), input({ shape: [4] })];
    return new Functional({ inputs: [x, y], outputs: dense('d').apply(new Add().apply([x, y])), name: 'two', seed: 1 });
  };

  it.each([
    ['another size', () => new Sequential([dense('d', [4])]), [2, 5], 'Sequential'],
    ['another rank', () => new Sequential([dense('d', [4])]), [2, 4, 1], 'Sequential'],
    ['no axis but the batch', () => new Sequential([dense('d')]), [4], 'd (Dense)'],
    ['an image for a sequence', () => new Sequential([new LSTM({ units: 2 })]), [1, 2, 3, 4], 'lstm (LSTM)'],
    [
      'a sequence for an image',
      () => new Sequential([new Conv2D({ filters: 1, kernelSize: 1 })]),
      [1, 2, 3],
      'conv2d (Conv2D)',
    ],
    ['one array for two inputs', two, [2, 4], 'two (Functional)'],
  ])('names the layer: %s', async (_name, make, shape, where) => {
    const model = compiled(make() as Model);
    const before = memory().numTensors;
    const x = ones(shape);
    await expect(model.predict(x)).rejects.toThrowError(errorOf('ShapeError', where));
    await expect(model.fit(x, zeros([shape[0]!, 3]))).rejects.toThrowError(errorOf('ShapeError', where));
    await expect(model.evaluate(x, zeros([shape[0]!, 3]))).rejects.toThrowError(errorOf('ShapeError', where));
    // What was fed, and the parameters of what was built.
    expect(memory().numTensors - before).toBeLessThanOrEqual(3 + model.parameters().size + 2);
  });

  it('refuses more arrays than there are inputs', async () => {
    const three = [ones([2, 4]), ones([2, 4]), ones([2, 4])];
    await expect(two().predict(three)).rejects.toThrowError(errorOf('ShapeError', 'two (Functional)'));
    await expect(new Sequential([dense('d', [4])]).predict(three)).rejects.toThrowError(
      errorOf('ShapeError', 'Sequential'),
    );
  });

  it('takes a list of one array for one input', async () => {
    for (const model of [
      new Sequential([dense('d', [4])]),
      new Sequential([dense('d')]),
      new Sequential([new Embedding({ inputDim: 2, outputDim: 1, maskZero: true })]),
    ]) {
      expect((await model.predict([ones([2, 4])])).shape[0]).toBe(2);
    }
  });

  it('comes in the dtype that the input was declared with', async () => {
    const through = (dtype: 'float32' | 'int32' | 'bool') => {
      const x = input({ shape: [2], dtype, name: 'x' });
      return new Functional({ inputs: x, outputs: new Flatten().apply(x) });
    };
    const whole = tensor([[1, 0]], [1, 2], 'float32');
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      for (const fed of [whole, cast(whole, 'int32'), cast(whole, 'bool'), [[1, 0]], [[true, false]]]) {
        const y = await through(dtype).predict(fed as Tensor);
        expect([y.dtype, ...y.dataSync()]).toEqual([dtype, 1, 0]);
      }
    }
    await expect(through('int32').predict([[1.5, 0]])).rejects.toThrowError(
      errorOf('DataError', "Functional, input 'x'"),
    );
    await expect(through('int32').predict([[Number.NaN, 0]])).rejects.toThrowError(errorOf('DataError', 'Functional'));
  });

  it.each([
    ['int32', tensorsOf('int32')],
    ['bool', tensorsOf('bool')],
    [
      'nested booleans',
      () => [
        [
          [true, false],
          [false, true],
        ],
        [[true], [false]],
      ],
    ],
    ['Int8Array columns', () => [{ data: Int8Array.of(1, 0, 0, 1) as never, shape: [2] }, Int16Array.of(1, 0)]],
    [
      'BigInt64Array columns',
      () => [{ data: BigInt64Array.of(1n, 0n, 0n, 1n) as never, shape: [2] }, BigInt64Array.of(1n, 0n)],
    ],
    ['Float64Array columns', () => [{ data: Float64Array.of(1, 0, 0, 1) as never, shape: [2] }, Float64Array.of(1, 0)]],
  ] as [string, () => [never, never]][])('trains on %s as on float32', async (_name, make) => {
    const run = async ([x, y]: [never, never]) => {
      const model = new Sequential([new Dense({ units: 2, activation: 'tanh' }), new Dense({ units: 1 })], { seed: 5 });
      model.compile({
        optimizer: new SGD({ learningRate: 0.1 }),
        loss: 'meanSquaredError',
        metrics: ['meanAbsoluteError'],
      });
      const { history } = await model.fit(x, y, { epochs: 2, shuffle: false });
      return [history.loss, await model.evaluate(x, y), [...(await model.predict(x)).dataSync()]];
    };
    const right = await run([
      [
        [1, 0],
        [0, 1],
      ],
      [[1], [0]],
    ] as unknown as [never, never]);
    expect(await run(make())).toEqual(right);
  });

  it('casts once, in the tape too: the weights of a model with int32 inputs learn', async () => {
    class Own extends Model {
      readonly table = new Embedding({ inputDim: 3, outputDim: 2 });
      readonly out = new Dense({ units: 1 });
      override call(ids: Tensor, ctx: { training: boolean; rng: Rng }): Tensor {
        return this.out.apply(new Flatten().apply(this.table.apply(ids, ctx), ctx), ctx);
      }
    }
    const model = compiled(new Own({ seed: 1 }));
    const ids = tensor(
      [
        [0, 1],
        [2, 1],
      ],
      [2, 2],
      'int32',
    );
    const { history } = await model.fit(ids, tensor([[1], [0]], [2, 1], 'int32'), { epochs: 5 });
    expect(history.loss!.at(-1)!).toBeLessThan(history.loss![0]!);
  });
});

function tensorsOf(dtype: 'int32' | 'bool') {
  return () => [
    tensor(
      [
        [1, 0],
        [0, 1],
      ],
      [2, 2],
      dtype,
    ),
    tensor([[1], [0]], [2, 1], dtype),
  ];
}
