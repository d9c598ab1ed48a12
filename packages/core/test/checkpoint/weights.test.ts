import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  decodeSafetensors,
  encodeSafetensors,
  type HostTensor,
  isEspalierError,
  loadWeights,
  Module,
  memoryStorage,
  Parameter,
  readWeights,
  Sequential,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import { BatchNormalization, Dense } from '@espalier/layers';
import { memory, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(() => activateBackend(cpu()));

function make(seed: number): Sequential {
  const model = new Sequential(
    [new Dense({ units: 2, inputShape: [3], name: 'hidden' }), new BatchNormalization({ name: 'norm' })],
    { seed },
  );
  model.initialize();
  return model;
}

it('gives a twin the same weights and state, through a file', async () => {
  const [a, b] = [make(1), make(2)];
  const storage = memoryStorage();
  await saveWeights(a, storage, 'final/model.safetensors');
  const before = memory().numTensors;
  loadWeights(b, await readWeights(storage, 'final/model.safetensors'), 'final');
  expect(memory().numTensors).toBe(before);
  expect(await weightsOf(b)).toEqual(await weightsOf(a));
  expect([...(await weightsOf(a)).keys()]).toEqual([
    'hidden/kernel',
    'hidden/bias',
    'norm/gamma',
    'norm/beta',
    'norm/movingMean',
    'norm/movingVariance',
  ]);
});

it('copies both ways: neither the map nor the model changes with the other', async () => {
  const model = make(1);
  const weights = await weightsOf(model);
  const bias = weights.get('hidden/bias')!.data;
  bias[0] = 7;
  expect(model.parameters().get('hidden/bias')!.value.dataSync()[0]).toBe(0);
  loadWeights(model, weights, 'map');
  bias[0] = 8;
  expect(model.parameters().get('hidden/bias')!.value.dataSync()[0]).toBe(7);
});

describe('weights that do not fit', () => {
  const good = async (): Promise<Map<string, HostTensor>> => weightsOf(make(2));
  const vector = (size: number): HostTensor => ({ dtype: 'float32', shape: [size], data: new Float32Array(size) });

  it('are all named in one error, and nothing is loaded', async () => {
    const model = make(1);
    const before = await weightsOf(model);
    const weights = await good();
    for (const name of ['hidden/kernel', 'norm/gamma']) weights.delete(name);
    weights.set('hidden/kernels', vector(6)).set('other', vector(1)).set('norm/beta', vector(5));
    weights.set('hidden/bias', { dtype: 'int32', shape: [2], data: new Int32Array(2) });
    const load = (): unknown => loadWeights(model, weights, 'model.safetensors');
    expect(load).toThrow(/^model\.safetensors: the weights do not fit the model; nothing was loaded/);
    expect(load).toThrow('missing: hidden/kernel, norm/gamma; extra: hidden/kernels, other');
    expect(load).toThrow('hidden/bias is int32 (2,), not float32 (2,); norm/beta is float32 (5,), not float32 (2,)');
    expect(await weightsOf(model)).toEqual(before);
  });

  it('are loaded as far as the names go where that is asked for', async () => {
    const model = make(1);
    const weights = await good();
    weights.delete('hidden/bias');
    weights.set('other', vector(1));
    expect(loadWeights(model, weights, 'file', { strict: false })).toEqual({
      missing: ['hidden/bias'],
      extra: ['other'],
    });
    expect((await weightsOf(model)).get('hidden/kernel')).toEqual(weights.get('hidden/kernel'));
  });

  it('are refused even then where a shape differs', async () => {
    const weights = await good();
    weights.set('hidden/bias', vector(3));
    expect(() => loadWeights(make(1), weights, 'file', { strict: false })).toThrow('hidden/bias is float32 (3,)');
  });

  it('point to building where the model has no parameters yet', async () => {
    const weights = await good();
    expect(() => loadWeights(new Sequential([new Dense({ units: 2 })]), weights, 'file')).toThrow(
      'give the first layer an inputShape',
    );
  });
});

it('names a tensor of the file that cannot be read, wanted or not', () => {
  const model = new Sequential([new Dense({ units: 1, inputShape: [1], name: 'd' })]);
  const header = (names: string[]) => {
    const entries = names.map((name, i) => [
      name,
      { dtype: i === 0 ? 'C64' : 'F32', shape: i === 1 ? [1, 1] : [1], data_offsets: [4 * i + (i && 4), 4 * i + 8] },
    ]);
    const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
    const bytes = new Uint8Array(8 + text.length + 4 * names.length + 4);
    bytes[0] = text.length & 255;
    bytes[1] = text.length >> 8;
    bytes.set(text, 8);
    return decodeSafetensors(bytes, 'w').tensors;
  };
  const wanted = header(['d/bias', 'd/kernel']);
  for (const strict of [true, false]) {
    expect(() => loadWeights(model, wanted, 'w', { strict })).toThrow(/cannot be read: d\/bias \(C64: complex/);
  }
  const beside = header(['other', 'd/kernel', 'd/bias']);
  expect(() => loadWeights(model, beside, 'w')).toThrow('extra: other');
  expect(loadWeights(model, beside, 'w', { strict: false })).toEqual({ missing: [], extra: ['other'] });
});

class Mixed extends Module {
  readonly counts = this.parameter('int32');
  readonly flags = this.parameter('bool');
  readonly rates = this.parameter('float32');

  override call(x: Tensor): Tensor {
    return x;
  }

  private parameter(dtype: 'int32' | 'bool' | 'float32'): Parameter {
    const initializer = { className: 'Ones', getConfig: () => ({}), values: () => new Float32Array([1, 0, 1]) };
    return new Parameter({ shape: [3], dtype, kind: 'state', initializer });
  }
}

it('carries every dtype of a tensor, and widens or narrows those that only files have', async () => {
  const tensors = new Map<string, HostTensor>([
    ['counts', { dtype: 'int16', shape: [3], data: Int16Array.of(-300, 0, 300) }],
    ['flags', { dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
    ['rates', { dtype: 'float64', shape: [3], data: Float64Array.of(0.5, -1, 1e-3) }],
  ]);
  const module = new Mixed();
  loadWeights(module, tensors, 'memory');
  const { tensors: saved } = decodeSafetensors(encodeSafetensors(await weightsOf(module)), 'memory');
  expect(Object.fromEntries([...saved].map(([name, { dtype, data }]) => [name, [dtype, ...data]]))).toEqual({
    counts: ['int32', -300, 0, 300],
    flags: ['bool', 1, 0, 1],
    rates: ['float32', 0.5, -1, Math.fround(1e-3)],
  });
});

it('says which parameter has no values yet', async () => {
  const error: unknown = await weightsOf(new Mixed()).catch((e: unknown) => e);
  expect(isEspalierError(error, 'StateError'), String(error)).toBe(true);
});
