import { isEspalierError } from '@espalier/core';
import {
  add,
  conv2d,
  engine,
  fill,
  fused,
  getBackend,
  type KernelFunc,
  matMul,
  maxPool,
  memory,
  mul,
  type NamedAttrMap,
  relu,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  unregisterKernel,
  variable,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { physicalCores } from '../src/engine/cores.js';
import { supportsRelaxedSimd } from '../src/engine/support.js';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { ALL_FAMILIES } from '../src/families.js';
import { wasm } from '../src/index.js';
import { registerKernels } from '../src/kernels/registerKernels.js';
import { useWasm } from './both.js';

const current = () => engine().backend as unknown as WasmEngine;

beforeAll(useWasm);

describe('activation', () => {
  test('says what it really got, and a second call is harmless', async () => {
    const before = engine().backend;
    const info = await wasm().activate();
    expect(info).toEqual({
      name: 'wasm',
      device: 'CPU (WebAssembly SIMD)',
      threads: physicalCores(),
      simd: supportsRelaxedSimd() ? 'relaxed' : 'simd128',
      version: '4.22.0',
    });
    expect(engine().backend).toBe(before);
    expect(getBackend()).toBe('wasm');
    expect(await wasm().probe()).toEqual({ available: true });
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %s threads', (threads) => {
    expect(() => wasm({ threads })).toThrow(/whole number from 1 on/);
  });

  test('no kernel is in two families', () => {
    const names = ALL_FAMILIES.flatMap(({ kernels }) => kernels.map(({ kernelName }) => kernelName));
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('tensors', () => {
  test.each([
    ['float32', [1.5, -2.25, 2 ** 100, 0]],
    ['int32', [1, -2, 2 ** 31 - 1, 0]],
    ['bool', [1, 0, 1, 1]],
  ] as const)('%s values come back as they went in', async (dtype, values) => {
    const x = tensor([...values], [2, 2], dtype);
    expect(Array.from(x.dataSync())).toEqual([...values]);
    expect(Array.from(await x.data())).toEqual([...values]);
  });

  test('strings come back', () => {
    expect(tensor(['a', 'bc', 'ä'], [3], 'string').dataSync()).toEqual(['a', 'bc', 'ä']);
  });

  test('what is read is a copy', () => {
    const x = tensor1d([1, 2]);
    x.dataSync()[0] = 7;
    expect([...x.dataSync()]).toEqual([1, 2]);
  });

  test('a range can be read', () => {
    const x = tensor1d([1, 2, 3, 4]);
    expect([...(current().readSync(x.dataId, 1, 3) as Float32Array)]).toEqual([2, 3]);
    expect([...(current().readSync(x.dataId, 0, 0) as Float32Array)]).toEqual([]);
  });

  test.each([[[0]], [[0, 3]], [[2, 0, 4]]])('a tensor of shape %j has no values', (shape) => {
    expect(zeros(shape).dataSync().length).toBe(0);
  });

  test('disposing gives everything back', () => {
    const before = { ...memory(), held: current().numDataIds() };
    const x = tensor2d(new Float32Array(1e6), [1000, 1000]);
    const y = add(x, x);
    expect(current().numDataIds()).toBe(before.held + 2);
    x.dispose();
    y.dispose();
    expect(memory().numTensors).toBe(before.numTensors);
    expect(current().numDataIds()).toBe(before.held);
  });

  test('tensors stay right when the heap grows', () => {
    const x = tensor1d([1, 2, 3]);
    const bytes = current().heap.length;
    const big = zeros([bytes / 4]);
    expect(current().heap.length).toBeGreaterThan(bytes);
    expect([...add(x, x).dataSync()]).toEqual([2, 4, 6]);
    big.dispose();
  });
});

describe('memory', () => {
  test('running out says which operation and how much, and the engine goes on', () => {
    let thrown: unknown;
    const x = tensor2d(new Float32Array(40_000), [40_000, 1]);
    try {
      matMul(x, x, false, true);
    } catch (error) {
      thrown = error;
    }
    expect(isEspalierError(thrown, 'BackendError')).toBe(true);
    expect(String(thrown)).toContain('BatchMatMul');
    expect(String(thrown)).toContain('6400000000');
    expect(String(thrown)).toMatch(/the largest: float32 \[.*\] \(\d+ bytes\)/);
    expect(String(thrown)).toContain('float32 [40000,1] (160000 bytes)');
    x.dispose();
    expect(sum(tensor1d([1, 2])).dataSync()[0]).toBe(3);
  });

  test('running out between kernels names none of them', () => {
    relu(tensor1d([1]));
    expect(() => current().allocate(5e9, 'a batch')).toThrow(/^wasm: no memory for a batch/);
  });

  test('a kernel that throws leaves nothing behind of what it had made', () => {
    const kernelFunc: KernelFunc = ({ backend }) => {
      const wasm = backend as WasmEngine;
      wasm.makeComplex({ real: wasm.makeOutput([1000], 'float32'), imag: wasm.makeOutput([1000], 'float32') });
      throw new Error('half done');
    };
    registerKernels([{ kernels: [{ kernelName: 'Failing', backendName: 'wasm', kernelFunc }] }]);
    const x = tensor1d([1, 2]);
    const before = current().numDataIds();
    expect(() => engine().runKernel('Failing', { x })).toThrow('half done');
    expect(current().numDataIds()).toBe(before);
    expect([...x.dataSync()]).toEqual([1, 2]);
    unregisterKernel('Failing', 'wasm');
  });

  test('a window that is longer than its input is refused, and the heap stays whole', () => {
    const sevens = fill([1000], 7);
    const x = zeros([4, 3, 3, 8]) as Tensor4D;
    const filter = zeros([9, 9, 8, 16]) as Tensor4D;
    for (const call of [
      () => conv2d(x, filter, 1, 'valid'),
      () => maxPool(x, 9, 1, 'valid'),
      () => fused.conv2d({ x, filter, strides: 1, pad: 'valid', bias: zeros([16]), activation: 'relu' }),
    ]) {
      let thrown: unknown;
      try {
        call();
      } catch (error) {
        thrown = error;
      }
      expect(isEspalierError(thrown, 'ShapeError')).toBe(true);
      expect(String(thrown)).toContain('[4,-5,-5,');
    }
    expect(new Set(sevens.dataSync())).toEqual(new Set([7]));
  });

  test('two thousand steps with new weights leave the heap as it was', () => {
    const weights = variable(tensor2d(new Float32Array(64 * 64).fill(0.01), [64, 64]));
    const step = () =>
      tidy(() => {
        const x = tensor2d(new Float32Array(32 * 64).fill(1), [32, 64]);
        weights.assign(add(weights, sum(matMul(x, weights), 0)));
      });
    for (let i = 0; i < 50; i++) step();
    const before = { bytes: current().heap.length, held: current().numDataIds() };
    for (let i = 0; i < 2000; i++) step();
    expect({ bytes: current().heap.length, held: current().numDataIds() }).toEqual(before);
  });
});

test('training a convolution with new weights at each step leaves the heap as it was', () => {
  const filter = variable(tensor([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], [3, 3, 1, 1]));
  const x = tensor(new Float32Array(2 * 64).fill(1), [2, 8, 8, 1]);
  const attrs = (extra: object) =>
    ({ strides: [1, 1], pad: 'same', dataFormat: 'NHWC', ...extra }) as unknown as NamedAttrMap;
  const step = () =>
    tidy(() => {
      const y = maxPool(relu(conv2d(x as never, filter as never, 1, 'same')) as never, 2, 2, 'same') as Tensor;
      const pooled = { filterSize: [2, 2], strides: [2, 2], pad: 'same' };
      const dy = engine().runKernel<Tensor>('MaxPoolGrad', { input: x, output: y, dy: y }, attrs(pooled));
      const gradient = engine().runKernel<Tensor>(
        'Conv2DBackpropFilter',
        { x, dy },
        attrs({ filterShape: [3, 3, 1, 1] }),
      );
      filter.assign(sub(filter, mul(gradient, 1e-4)) as never);
    });
  for (let i = 0; i < 20; i++) step();
  const before = { bytes: current().heap.length, held: current().numDataIds() };
  for (let i = 0; i < 1000; i++) step();
  expect({ bytes: current().heap.length, held: current().numDataIds() }).toEqual(before);
});

afterAll(() => expect(getBackend()).toBe('wasm'));
