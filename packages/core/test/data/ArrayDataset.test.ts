import '@tensorflow/tfjs-backend-cpu';
import { ArrayDataset, type Batch, type BatchPlan, type Dataset, Rng } from '@espalier/core';
import { memory, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function one(tensors: Tensor | Tensor[] | undefined): Tensor {
  if (tensors === undefined || Array.isArray(tensors)) throw new Error('expected a single tensor');
  return tensors;
}

function disposeBatch(batch: Batch): void {
  for (const tensor of [batch.inputs, batch.targets ?? [], batch.sampleWeight ?? []].flat()) tensor.dispose();
}

/** The inputs of a pass, batch by batch. */
function pass(data: ArrayDataset, plan: BatchPlan): number[][] {
  return [...data.batches(plan)].map((batch) => {
    const values = [...one(batch.inputs).dataSync()];
    disposeBatch(batch);
    return values;
  });
}

const counting = (size: number) =>
  new ArrayDataset({ inputs: { data: Int32Array.from({ length: size }, (_, i) => i), shape: [] } });
const sizes = fc.record({
  size: fc.integer({ min: 1, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 70 }),
  seed: fc.nat(),
});

describe('batches of an ArrayDataset', () => {
  it('hold each example exactly once a pass, and none but the last is short', () => {
    fc.assert(
      fc.property(sizes, fc.boolean(), ({ size, batchSize, seed }, shuffled) => {
        const batches = pass(counting(size), { batchSize, shuffle: shuffled ? new Rng(seed) : undefined });
        expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
        expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true);
        expect(batches.length).toBe(Math.ceil(size / batchSize));
      }),
    );
  });

  it('come in the order of the data without a shuffle, and of the permutation with one', () => {
    fc.assert(
      fc.property(sizes, ({ size, batchSize, seed }) => {
        expect(pass(counting(size), { batchSize }).flat()).toEqual(Array.from({ length: size }, (_, i) => i));
        expect(pass(counting(size), { batchSize, shuffle: new Rng(seed) }).flat()).toEqual([
          ...new Rng(seed).permutation(size),
        ]);
      }),
    );
  });

  it('leave nothing behind where one of their tensors cannot be made', () => {
    const targets = { data: Float32Array.of(1, 2), shape: [], dtype: 'a dtype that is none' as 'float32' };
    const data = new ArrayDataset({ inputs: { data: Float32Array.of(1, 2), shape: [] }, targets });
    const before = memory().numTensors;
    expect(() => data.batches({ batchSize: 2 }).next()).toThrow(/a dtype that is none/);
    expect(memory().numTensors).toBe(before);
  });

  it('are, with skip, the tail of the same pass', () => {
    fc.assert(
      fc.property(sizes, fc.nat(8), ({ size, batchSize, seed }, skip) => {
        const plan = () => ({ batchSize, shuffle: new Rng(seed) });
        expect(pass(counting(size), { ...plan(), skip })).toEqual(pass(counting(size), plan()).slice(skip));
      }),
    );
  });

  it('keep rows, targets and weights together', () => {
    const data = new ArrayDataset({
      inputs: { data: Float32Array.from({ length: 7 * 30 }, (_, i) => Math.floor(i / 30)), shape: [5, 6] },
      targets: { data: Int32Array.from([0, 1, 2, 3, 4, 5, 6]), shape: [] },
      sampleWeight: Float32Array.from([0, 0.5, 1, 1.5, 2, 2.5, 3]),
    });
    for (const batch of data.batches({ batchSize: 3, shuffle: new Rng(1) })) {
      const rows = one(batch.inputs);
      const targets = one(batch.targets);
      expect(rows.shape).toEqual([batch.size, 5, 6]);
      expect(targets.dtype).toBe('int32');
      const labels = [...targets.dataSync()];
      expect([...rows.dataSync()]).toEqual(labels.flatMap((label) => new Array(30).fill(label)));
      expect([...(batch.sampleWeight?.dataSync() ?? [])]).toEqual(labels.map((label) => label / 2));
      disposeBatch(batch);
    }
  });

  it('have a list of tensors where columns were a list, even of one', () => {
    const column = { data: new Float32Array(4), shape: [2] };
    const batch: Batch | undefined = [
      ...new ArrayDataset({ inputs: [column], targets: [column, column] }).batches({ batchSize: 2 }),
    ][0];
    expect(Array.isArray(batch?.inputs) && batch.inputs.length).toBe(1);
    expect(Array.isArray(batch?.targets) && batch.targets.length).toBe(2);
    if (batch) disposeBatch(batch);
  });

  it('scale bytes to the float nearest the quotient', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
    const [values] = pass(new ArrayDataset({ inputs: { data: bytes, shape: [256], scale: 1 / 255 } }), {
      batchSize: 1,
    });
    expect(values).toEqual([...bytes].map((byte) => Math.fround(byte / 255)));
  });

  it('are the caller’s own memory: a change to a tensor’s array leaves the data as it was', () => {
    const data = new Float32Array(40).fill(1);
    const [batch] = [...new ArrayDataset({ inputs: { data, shape: [40] } }).batches({ batchSize: 1 })];
    one(batch?.inputs).dataSync().fill(9);
    expect(data[0]).toBe(1);
    if (batch) disposeBatch(batch);
  });

  it('leave no tensors but those handed out', () => {
    const before = memory().numTensors;
    pass(counting(20), { batchSize: 3, shuffle: new Rng(0) });
    expect(memory().numTensors).toBe(before);
  });

  it.each([
    [{ batchSize: 0 }, 'batchSize'],
    [{ batchSize: 2.5 }, 'batchSize'],
    [{ batchSize: 1, skip: -1 }, 'skip'],
  ])('reject the plan %o', (plan, name) => {
    expect(() => pass(counting(3), plan)).toThrow(new RegExp(`^${name}: must be an integer`));
  });

  it('satisfy the Dataset contract', () => {
    const data: Dataset = counting(3);
    expect(data.size).toBe(3);
  });
});

describe('take and split', () => {
  it('cut without changing the order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (size, seed) => {
        const last = 1 + (seed % (size - 1));
        const [rest, tail] = counting(size).split(last);
        expect([rest.size, tail.size]).toEqual([size - last, last]);
        expect([...pass(rest, { batchSize: 7 }).flat(), ...pass(tail, { batchSize: 7 }).flat()]).toEqual(
          pass(counting(size), { batchSize: size }).flat(),
        );
        expect(pass(counting(size).take(last), { batchSize: 50 }).flat()).toEqual(
          Array.from({ length: last }, (_, i) => i),
        );
      }),
    );
  });

  it('split a fraction as Keras: the rest has floor(size * (1 - fraction)) examples', () => {
    expect(
      counting(10)
        .split(0.25)
        .map((part) => part.size),
    ).toEqual([7, 3]);
    expect(
      counting(60)
        .split(0.1)
        .map((part) => part.size),
    ).toEqual([54, 6]);
  });

  it('carry targets, weights and scale along', () => {
    const [, tail] = new ArrayDataset({
      inputs: { data: new Uint8Array([0, 10, 20, 30]), shape: [], scale: 0.5 },
      targets: { data: new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]), shape: [2] },
      sampleWeight: new Float32Array([1, 2, 3, 4]),
    }).split(1);
    const [batch] = [...tail.batches({ batchSize: 4 })];
    expect([...one(batch?.inputs).dataSync()]).toEqual([15]);
    expect([...one(batch?.targets).dataSync()]).toEqual([7, 8]);
    expect([...(batch?.sampleWeight?.dataSync() ?? [])]).toEqual([4]);
    if (batch) disposeBatch(batch);
  });

  it.each([0, 1.5, 5, 6, -1, Number.NaN, 0.999999])('cannot split off %d of 5', (last) => {
    expect(() => counting(5).split(last)).toThrow('split: both parts must hold at least one example');
  });

  it('take needs a positive count and gives all where there are fewer', () => {
    expect(() => counting(3).take(0)).toThrow('take: must be an integer');
    expect(counting(3).take(10).size).toBe(3);
  });
});

describe('an ArrayDataset cannot be made of', () => {
  const four = { data: new Float32Array(4), shape: [] };
  it.each([
    [
      'targets of another length',
      { inputs: four, targets: { data: new Float32Array(3), shape: [] } },
      /inputs and targets\[0\] differ.*4 examples.*3 examples/s,
    ],
    [
      'weights of another length',
      { inputs: four, sampleWeight: new Float32Array(5) },
      /inputs and sampleWeight differ/,
    ],
    ['a second input of another length', { inputs: [four, { data: new Float32Array(4), shape: [2] }] }, /inputs\[1\]/],
    ['half an example', { inputs: { data: new Float32Array(5), shape: [2] } }, /not a whole number of examples/],
    ['nothing', { inputs: { data: new Float32Array(0), shape: [3] } }, /there are no examples/],
    ['empty examples', { inputs: { data: new Float32Array(0), shape: [0] } }, /positive integers/],
    ['scaled integers', { inputs: { data: new Int32Array(2), shape: [], scale: 2 } }, /a scale needs dtype float32/],
  ])('%s', (_, columns, message) => {
    expect(() => new ArrayDataset(columns)).toThrow(message);
  });
});
