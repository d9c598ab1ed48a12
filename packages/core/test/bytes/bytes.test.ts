import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import {
  ArrayDataset,
  activateBackend,
  bytesOf,
  columnOf,
  datasetFrom,
  decodeSafetensors,
  encodeSafetensors,
  fileStorage,
  type HostTensor,
  isEspalierError,
  loadWeights,
  memoryStorage,
  Parameter,
  readWeights,
  restoreCheckpoint,
  Sequential,
  type Storage,
  saveCheckpoint,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import { decodeImage, mailText, parseIdx, toCategorical } from '@espalier/datasets';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { byteKinds, notBytes, numberKinds } from './kinds.js';

beforeAll(() => activateBackend(cpu()));

const root = mkdtempSync(join(tmpdir(), 'espalier-'));
afterAll(() => rmSync(root, { recursive: true }));

const two = new Map<string, HostTensor>([
  ['a', { dtype: 'float32', shape: [2], data: Float32Array.of(1, 2) }],
  ['b', { dtype: 'int8', shape: [3], data: Int8Array.of(-1, 0, 1) }],
]);
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
);
const mail = new TextEncoder().encode('Subject: =?utf-8?Q?Caf=C3=A9?=\n\nnow\n');

/** Every entry that takes bytes: what it reads them as, from a file of its format. */
const entries: Record<string, readonly [file: Uint8Array, read: (bytes: never) => unknown]> = {
  bytesOf: [mail, (bytes) => [...bytesOf(bytes, 'bytes')]],
  decodeSafetensors: [encodeSafetensors(two), (bytes) => decodeSafetensors(bytes, 'w').tensors],
  'what a storage reads': [
    encodeSafetensors(two),
    (bytes) => readWeights({ ...memoryStorage(), read: async () => bytes }, 'w'),
  ],
  'memoryStorage.write': [
    mail,
    async (bytes) => {
      const storage = memoryStorage();
      await storage.write('a', bytes);
      return [...(await storage.read('a'))];
    },
  ],
  'fileStorage.write': [
    mail,
    async (bytes) => {
      const storage = fileStorage(root);
      await storage.write('a', bytes);
      return [...(await storage.read('a'))];
    },
  ],
  decodeImage: [pixel, (bytes) => decodeImage(bytes)],
  mailText: [mail, (bytes) => mailText(bytes)],
  parseIdx: [
    Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9),
    (bytes) => {
      const { shape, data } = parseIdx(bytes, 'labels');
      return [shape, data.constructor, [...data.slice(1)]];
    },
  ],
};

describe.each(Object.entries(entries))('%s', (_name, [file, read]) => {
  const plain = new Uint8Array(file);

  it.each(Object.entries(byteKinds))('reads %s as it reads a Uint8Array', async (_kind, make) => {
    expect(await read(make(plain) as never)).toEqual(await read(plain as never));
  });

  it.each(Object.entries(notBytes))('refuses %s by name', async (_kind, make) => {
    const error: unknown = await (async () => read(make() as never))().catch((e: unknown) => e);
    expect(isEspalierError(error, 'ValueError'), String(error)).toBe(true);
    expect(String(error)).toMatch(/these are not bytes|transferred away|given as its bytes/);
  });
});

it('reads a file as readFileSync gives it, tensor by tensor', () => {
  const path = join(root, 'w.safetensors');
  writeFileSync(path, encodeSafetensors(two));
  const { tensors } = decodeSafetensors(readFileSync(path), path);
  expect(tensors).toEqual(two);
  expect(tensors.get('a')!.data.buffer.byteLength).toBe(8);
});

it('memoryStorage shares memory with neither the writer nor the reader', async () => {
  for (const [kind, make] of Object.entries(byteKinds)) {
    const storage = memoryStorage();
    const mine = make(Uint8Array.of(1, 2, 3));
    await storage.write('a', mine as Uint8Array);
    const [memory, from] = ArrayBuffer.isView(mine) ? [mine.buffer, mine.byteOffset] : [mine, 0];
    new Uint8Array(memory, from, 3).fill(7);
    (await storage.read('a')).fill(8);
    expect([...(await storage.read('a'))], kind).toEqual([1, 2, 3]);
  }
});

it('restores a checkpoint, and weights, from a storage that answers with Buffers', async () => {
  const make = () => {
    const model = new Sequential([new Dense({ units: 2, inputShape: [3] })], { seed: 1 });
    model.compile({ optimizer: new Adam(), loss: 'mse' });
    return model;
  };
  const [a, b] = [make(), make()];
  await a.fit([[1, 2, 3]], [[1, 0]], { epochs: 3 });
  await b.fit([[1, 2, 3]], [[1, 0]]);
  const inner = memoryStorage();
  const storage: Storage = { ...inner, read: async (name) => Buffer.from(await inner.read(name)) };
  await saveCheckpoint(storage, { model: a, optimizer: a.optimizer, progress: a.progress! });
  await restoreCheckpoint(storage, { model: b, optimizer: b.optimizer });
  expect(await weightsOf(b)).toEqual(await weightsOf(a));
  await saveWeights(a, storage);
  expect(await readWeights(storage)).toEqual(await weightsOf(a));
});

describe('values in typed arrays', () => {
  const firstBatch = (data: ArrayDataset): { inputs: Tensor; sampleWeight?: Tensor } =>
    [...data.batches({ batchSize: 3 })][0] as never;

  it.each(Object.entries(numberKinds))('%s', async (_kind, [dtype, make]) => {
    const entries = {
      datasetFrom: await datasetFrom(make() as Float32Array),
      column: new ArrayDataset({ inputs: { data: make() as Float32Array, shape: [] } }),
      columnOf: new ArrayDataset({ inputs: columnOf(make() as Float32Array, 'x') }),
      'take, split': new ArrayDataset({
        inputs: [{ data: make() as Float32Array, shape: [] }],
      }).split(1)[0],
    };
    for (const [entry, data] of Object.entries(entries)) {
      const [tensor] = [firstBatch(data).inputs].flat();
      expect([tensor!.dtype, ...tensor!.dataSync()], entry).toEqual([dtype, 3, 1, 2].slice(0, 1 + data.size));
    }
    const rows = firstBatch(await datasetFrom([make() as Float32Array, make() as Float32Array].map((row) => [row])));
    expect([rows.inputs.dtype, ...rows.inputs.dataSync()]).toEqual(['float32', 3, 1, 2, 3, 1, 2]);
    const weighted = firstBatch(await datasetFrom([1, 2, 3], undefined, make() as Float32Array));
    expect([weighted.sampleWeight!.dtype, ...weighted.sampleWeight!.dataSync()]).toEqual(['float32', 3, 1, 2]);
    const alsoWeighted = firstBatch(
      new ArrayDataset({ inputs: columnOf([1, 2, 3], 'x'), sampleWeight: make() as Float32Array }).split(1)[0],
    );
    expect([...alsoWeighted.sampleWeight!.dataSync()]).toEqual([3, 1]);
    expect([...toCategorical(make() as Float32Array).data]).toEqual([0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 0]);
  });

  it.each(Object.entries(numberKinds))('Parameter.assign copies %s', (_kind, [, make]) => {
    const initializer = { className: 'Ones', getConfig: () => ({}), values: () => Float32Array.of(1, 1, 1) };
    for (const dtype of ['float32', 'int32', 'bool'] as const) {
      const parameter = new Parameter({ shape: [3], dtype, initializer });
      const mine = make() as Float32Array;
      parameter.assign(mine);
      mine.fill((typeof mine[0] === 'bigint' ? 0n : 0) as never);
      expect([parameter.value.dtype, ...parameter.value.dataSync()]).toEqual(
        dtype === 'bool' ? [dtype, 1, 1, 1] : [dtype, 3, 1, 2],
      );
      parameter.dispose();
    }
  });

  it.each<[string, unknown, RegExp]>([
    ['a Uint32 beyond int32', Uint32Array.of(1, 2 ** 31), /x\[1\]: the value does not fit int32.*2147483648/s],
    ['a BigInt64 beyond int32', BigInt64Array.of(-(2n ** 31n) - 1n), /x\[0\]: the value does not fit.*-2147483649/s],
    ['a BigUint64 beyond 2^53', BigUint64Array.of(2n ** 53n + 1n), /9007199254740993/],
    ['an ArrayBuffer', new ArrayBuffer(8), /cannot be read as numbers.*an object of the class ArrayBuffer.*say what/s],
    ['a DataView', new DataView(new ArrayBuffer(8)), /cannot be read as numbers.*DataView.*say what the bytes are/s],
    ['an array whose memory is gone', notBytes['an array whose memory was transferred away']!(), /transferred away/],
    ['a DataView among rows', [new DataView(new ArrayBuffer(8)), [1]], /x|ragged|number/],
    ['a bigint that float32 does not hold', [[2n ** 24n + 1n]], /not a number.*bigint 16777217/s],
  ])('refuses %s, naming it', async (_what, values, message) => {
    const error: unknown = await datasetFrom(values as never).catch((e: unknown) => e);
    expect(isEspalierError(error), String(error)).toBe(true);
    expect(String(error)).toMatch(message);
  });

  it.each<[string, unknown, RegExp]>([
    ['a list', [1, 2, 3], /a tensor or a typed array.*a list of 3/s],
    ['memory', new ArrayBuffer(12), /a tensor or a typed array.*ArrayBuffer/s],
    ['a DataView', new DataView(new ArrayBuffer(12)), /a tensor or a typed array.*DataView/s],
    ['a fraction for an int32', Float32Array.of(1, 0.5, 2), /\[1\]: the value does not fit int32.*0\.5/s],
    ['NaN for an int32', Float32Array.of(1, 2, Number.NaN), /\[2\]: the value does not fit int32.*NaN/s],
    ['a wide integer for an int32', Float64Array.of(2 ** 31, 0, 0), /\[0\]: the value does not fit.*2147483648/s],
  ])('Parameter.assign refuses %s', (_what, values, message) => {
    const initializer = { className: 'Ones', getConfig: () => ({}), values: () => Float32Array.of(1, 1, 1) };
    const parameter = new Parameter({ shape: [3], dtype: 'int32', initializer });
    expect(() => parameter.assign(values as never)).toThrow(message);
  });

  it('weights may be given in arrays of another realm', () => {
    const model = new Sequential([new Dense({ units: 1, inputShape: [3], useBias: false, name: 'd' })]);
    const data = numberKinds['a Float32Array of another realm']![1]() as Float32Array;
    loadWeights(model, new Map([['d/kernel', { dtype: 'float32', shape: [3, 1], data }]]), 'weights');
    expect([...model.parameters().get('d/kernel')!.value.dataSync()]).toEqual([3, 1, 2]);
    const written = encodeSafetensors(new Map([['d/kernel', { dtype: 'float32', shape: [3, 1], data }]]));
    expect([...decodeSafetensors(written, 'w').tensors.get('d/kernel')!.data]).toEqual([3, 1, 2]);
  });
});
