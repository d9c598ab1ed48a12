import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  decodeSafetensors,
  EarlyStopping,
  encodeSafetensors,
  fileStorage,
  type HostTensor,
  LambdaCallback,
  loadWeights,
  Model,
  memoryStorage,
  Parameter,
  Rng,
  readWeights,
  restoreCheckpoint,
  type Storage,
  saveCheckpoint,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import { SGD } from '@espalier/optimizers';
import { add, memory, mul, type Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

type Values = Float32Array | Int32Array | Uint8Array;
const DTYPES = ['float32', 'int32', 'bool'] as const;
type DType = (typeof DTYPES)[number];

const SHAPES = [[], [1], [0], [2, 0, 3], [5], [3, 1, 4], [1025]];
const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

const FLOATS = [0, -0, 1, -1, 2 ** 24 + 2, 1e-45, 1.17549435e-38, 3.4028234663852886e38, -3.4028234663852886e38, 1e-7];
const ODD_BITS = [0x7fc00000, 0xffc00000, 0x7f800001, 0x7fedcba9, 0xffabcdef, 0x7f800000, 0xff800000, 0x00000001];
const INTEGERS = [0, 1, -1, 16_777_216, 16_777_217, -16_777_217, 123_456_789, 2 ** 31 - 1, -(2 ** 31), 2 ** 30 + 1];

/** Values of every kind, extremes among them. */
function valuesOf(dtype: DType, size: number, rng: Rng, odd: boolean): Values {
  if (dtype === 'bool') return Uint8Array.from({ length: size }, () => rng.float() * 2);
  if (dtype === 'int32') {
    return Int32Array.from({ length: size }, (_, i) => INTEGERS[i] ?? (rng.float() - 0.5) * 2 ** 32);
  }
  const floats = Float32Array.from({ length: size }, (_, i) => FLOATS[i] ?? rng.float() - 0.5);
  // As bits: a NaN that passes through a number may lose what it carries.
  if (odd) new Uint32Array(floats.buffer).set(ODD_BITS.slice(0, size));
  return floats;
}

function bytesOf({ data }: { readonly data: { buffer: ArrayBufferLike; byteOffset: number; byteLength: number } }) {
  return Buffer.from(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength).toString('hex');
}

/** A model with a state of every dtype and shape, and one weight, so that it trains. */
class Keeper extends Model {
  readonly states: Parameter[];
  readonly weight: Parameter;

  constructor(seed: number, odd = false) {
    super({ seed });
    const rng = new Rng(seed).fork('values');
    const parameter = (dtype: DType, shape: number[], kind: 'weight' | 'state') =>
      new Parameter({
        dtype,
        shape,
        kind,
        initializer: {
          className: 'Given',
          getConfig: () => ({}),
          values: () => valuesOf(dtype, sizeOf(shape), rng.fork(`${dtype}/${shape}`), odd && kind === 'state'),
        },
      });
    this.states = DTYPES.flatMap((dtype) => SHAPES.map((shape) => parameter(dtype, shape, 'state')));
    this.weight = parameter('float32', [1], 'weight');
  }

  override call(inputs: Tensor): Tensor {
    return add(mul(inputs, this.weight.value as Tensor), 1);
  }
}

function keeper(seed: number, odd = false): Keeper {
  const model = new Keeper(seed, odd);
  model.initialize();
  model.compile({ optimizer: new SGD({ momentum: 0.5 }), loss: 'mse' });
  return model;
}

const stateOf = async (model: Keeper) =>
  new Map(
    [...(await weightsOf(model))]
      .filter(([path]) => path !== 'weight')
      .map(([path, t]) => [path, [t.dtype, t.shape, bytesOf(t)]]),
  );

/** What the initializers gave, to the last bit. */
function expected(seed: number, odd = false) {
  const rng = new Rng(seed).fork('values');
  const entries = DTYPES.flatMap((dtype) => SHAPES.map((shape) => [dtype, shape] as const)).map(([dtype, shape], i) => {
    const data = valuesOf(dtype, sizeOf(shape), rng.fork(`${dtype}/${shape}`), odd);
    return [`states/${i}`, [dtype, shape, bytesOf({ data })]] as const;
  });
  return new Map(entries);
}

const root = mkdtempSync(join(tmpdir(), 'espalier-'));
afterAll(() => rmSync(root, { recursive: true }));
const storages: [string, () => Storage][] = [
  ['memory', memoryStorage],
  ['files', () => fileStorage(mkdtempSync(join(root, 'run-')))],
];

describe.each([cpu(), wasm({ threads: 1 })])('state of every dtype and shape on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each([1, 2, 3])('begins as its initializer says, odd bits too (%d)', async (seed) => {
    expect(await stateOf(keeper(seed, true))).toEqual(expected(seed, true));
  });

  it.each(storages)('goes through saveWeights and loadWeights to %s', async (_, make) => {
    for (const seed of [1, 2]) {
      const before = memory().numTensors;
      const [a, b] = [keeper(seed, true), keeper(seed + 10)];
      const storage = make();
      await saveWeights(a, storage);
      loadWeights(b, await readWeights(storage), 'file');
      expect(await stateOf(b)).toEqual(expected(seed, true));
      expect(await stateOf(a)).toEqual(expected(seed, true));
      for (const model of [a, b]) model.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });

  it.each(storages)('goes through checkpoints and a resume in %s', async (_, make) => {
    const storage = make();
    const a = keeper(4);
    await a.fit([[1], [2]], [[3], [5]], { epochs: 2 });
    await saveCheckpoint(storage, { model: a, optimizer: a.optimizer, progress: a.progress! });
    const b = new Keeper(4);
    b.compile({ optimizer: new SGD({ momentum: 0.5 }), loss: 'mse' });
    const resume = await restoreCheckpoint(storage, { model: b, optimizer: b.optimizer });
    expect(await stateOf(b)).toEqual(expected(4));
    await a.fit([[1], [2]], [[3], [5]], { initialEpoch: 2, epochs: 4 });
    await b.fit([[1], [2]], [[3], [5]], { epochs: 4, resume });
    expect(await weightsOf(b)).toEqual(await weightsOf(a));
  });

  it('goes through the best weights of EarlyStopping, and through those in a checkpoint', async () => {
    const model = keeper(5);
    const storage = memoryStorage();
    const best = () => new EarlyStopping({ monitor: 'loss', mode: 'max', patience: 9, restoreBestWeights: true });
    const watch = best();
    const spoil = new LambdaCallback({
      onEpochEnd(epoch) {
        if (epoch > 0) for (const state of model.states) state.assign(mul(state.value as Tensor, 0) as Tensor);
      },
    });
    await model.fit([[1], [2]], [[3], [5]], { epochs: 3, callbacks: [watch, spoil] });
    expect(watch.bestEpoch).toBe(0);
    expect(await stateOf(model)).toEqual(expected(5));
    await saveCheckpoint(storage, { model, callbacks: [watch], progress: model.progress! });
    const later = best();
    const other = keeper(6);
    await restoreCheckpoint(storage, { model: other, callbacks: [later] });
    const kept = new Map([...later.state().tensors!].filter(([path]) => path !== 'weight'));
    expect(new Map([...kept].map(([path, t]) => [path, [t.dtype, t.shape, bytesOf(t)]]))).toEqual(expected(5));
  });

  it('takes what is given to assign, whole numbers whole', () => {
    for (const value of INTEGERS) {
      const [parameter] = keeper(1).states.filter(({ dtype, shape }) => dtype === 'int32' && shape.length === 0);
      parameter!.assign(Int32Array.of(value));
      expect(parameter!.value.dataSync()[0]).toBe(value);
    }
  });
});

it('files hold every bit of every dtype', () => {
  const rng = new Rng(9);
  for (let round = 0; round < 50; round++) {
    const tensors = new Map<string, HostTensor>();
    for (const dtype of DTYPES) {
      for (const shape of SHAPES) {
        const data = valuesOf(dtype, sizeOf(shape), rng.fork(`${round}/${dtype}/${shape}`), true);
        tensors.set(`${dtype}/${shape}`, { dtype, shape, data } as HostTensor);
      }
    }
    const { tensors: back } = decodeSafetensors(encodeSafetensors(tensors), 'memory');
    for (const [name, tensor] of tensors) expect(bytesOf(back.get(name)!), name).toBe(bytesOf(tensor));
  }
});
