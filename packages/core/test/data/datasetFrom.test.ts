import '@tensorflow/tfjs-backend-cpu';
import { type Batch, datasetFrom, type Examples, type ExamplesList } from '@espalier/core';
import { memory, tensor, tensor2d } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

interface Seen {
  shape: number[];
  dtype: string;
  values: number[];
}

async function wholeBatch(x: ExamplesList, y?: ExamplesList, sampleWeight?: Examples) {
  const data = await datasetFrom(x, y, sampleWeight);
  const batch = [...data.batches({ batchSize: data.size })][0] as Batch;
  const look = (given: Batch['targets'] | Batch['inputs']): Seen[] =>
    [given ?? []].flat().map((one) => {
      const seen = { shape: one.shape, dtype: one.dtype, values: [...one.dataSync()] };
      one.dispose();
      return seen;
    });
  return { inputs: look(batch.inputs), targets: look(batch.targets), sampleWeight: look(batch.sampleWeight) };
}

const sixValues = [1, 2, 3, 4, 5, 6];

describe('datasetFrom reads', () => {
  it.each<[string, () => ExamplesList, Seen]>([
    [
      'nested lists',
      () => [
        [1, 2, 3],
        [4, 5, 6],
      ],
      { shape: [2, 3], dtype: 'float32', values: sixValues },
    ],
    ['a list of numbers', () => sixValues, { shape: [6], dtype: 'float32', values: sixValues }],
    [
      'lists three deep',
      () => [
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
      ],
      { shape: [1, 3, 2], dtype: 'float32', values: sixValues },
    ],
    ['a Float32Array', () => Float32Array.from(sixValues), { shape: [6], dtype: 'float32', values: sixValues }],
    ['a Float64Array', () => Float64Array.from(sixValues), { shape: [6], dtype: 'float32', values: sixValues }],
    ['an Int32Array', () => Int32Array.from(sixValues), { shape: [6], dtype: 'int32', values: sixValues }],
    ['a Uint8Array', () => Uint8Array.from(sixValues), { shape: [6], dtype: 'float32', values: sixValues }],
    [
      'a column',
      () => ({ data: Uint8Array.from(sixValues), shape: [3], dtype: 'int32' }),
      { shape: [2, 3], dtype: 'int32', values: sixValues },
    ],
    [
      'a float tensor',
      () =>
        tensor2d([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      { shape: [2, 3], dtype: 'float32', values: sixValues },
    ],
    [
      'an integer tensor',
      () => tensor(sixValues, [3, 2], 'int32'),
      { shape: [3, 2], dtype: 'int32', values: sixValues },
    ],
    ['a bool tensor', () => tensor([1, 0], [2], 'bool'), { shape: [2], dtype: 'float32', values: [1, 0] }],
  ])('%s', async (_, make, expected) => {
    const { inputs } = await wholeBatch(make());
    expect(inputs).toEqual([expected]);
  });

  it('a list of tensors, typed arrays and columns as one set for each input', async () => {
    const { inputs, targets, sampleWeight } = await wholeBatch(
      [tensor2d([[1], [2]]), Int32Array.from([3, 4]), { data: new Float32Array(4), shape: [2] }],
      [
        [0, 1],
        [1, 0],
      ],
      [0.5, 2],
    );
    expect(inputs.map(({ shape }) => shape)).toEqual([[2, 1], [2], [2, 2]]);
    expect(targets).toEqual([{ shape: [2, 2], dtype: 'float32', values: [0, 1, 1, 0] }]);
    expect(sampleWeight).toEqual([{ shape: [2], dtype: 'float32', values: [0.5, 2] }]);
  });

  it('tensors without disposing them or keeping any', async () => {
    const given = tensor2d([[1, 2]]);
    const before = memory().numTensors;
    await datasetFrom(given, [1]);
    expect([memory().numTensors, given.isDisposed]).toEqual([before, false]);
    given.dispose();
  });
});

describe('datasetFrom refuses', () => {
  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'inputs and targets of different lengths',
      () => datasetFrom([[1], [2]], [1]),
      /inputs and targets\[0\] differ.*2 examples.*1 examples/s,
    ],
    ['ragged lists', () => datasetFrom([[1, 2], [3]]), /^x\[1\]: the lists are ragged.*\(2\).*length 1/s],
    ['a number among lists', () => datasetFrom([[1], 2 as unknown as number[]]), /^x\[1\]: the lists are ragged/],
    ['a list among numbers', () => datasetFrom([1, [2]]), /^x\[1\]: the lists are ragged/],
    [
      'nested lists beside a tensor',
      () => datasetFrom([tensor2d([[1], [2]]), [[1], [2]]] as never),
      /^x\[1\]: nested lists stand beside.*columnOf\(lists, 'x\[1\]'\)/s,
    ],
    ['words', () => datasetFrom([['a' as unknown as number]]), /^x\[0\]\[0\]: not a number/],
    ['no examples', () => datasetFrom([]), /there are no examples/],
    ['a scalar tensor', () => datasetFrom(tensor(1)), /cannot be cut into examples/],
    ['a tensor of strings', () => datasetFrom(tensor(['a'])), /dtype string/],
    ['an object', () => datasetFrom({} as never), /cannot be read as numbers/],
    ['weights of two axes', () => datasetFrom([1], [1], [[1]]), /one weight an example/],
  ])('%s', async (_, attempt, message) => {
    await expect(attempt()).rejects.toThrow(message);
  });
});
