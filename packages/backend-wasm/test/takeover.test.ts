import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import {
  complex,
  engine,
  getBackend,
  getKernel,
  getKernelsForBackend,
  matMul,
  mul,
  removeBackend,
  setBackend,
  tensor2d,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { WasmEngine } from '../src/engine/WasmEngine.js';
import { elementwiseKernels, matmulKernels, wasm, wasmWith } from '../src/index.js';

const product = () => matMul(tensor2d([[1, 2]]), tensor2d([[3], [4]])).dataSync()[0];

test("refuses to replace tfjs's own WASM backend while it runs, and replaces it when it does not", async () => {
  setWasmPaths(new URL('../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url).pathname);
  expect(await setBackend('wasm')).toBe(true);
  const theirs = getKernel('Conv2D', 'wasm');
  await expect(wasm().activate()).rejects.toThrow(/already running/);
  expect(getKernel('Conv2D', 'wasm')).toBe(theirs);
  expect(product()).toBe(11);

  removeBackend('wasm');
  await wasm().activate();
  expect(getBackend()).toBe('wasm');
  expect(engine().backend).toBeInstanceOf(WasmEngine);
  expect(getKernel('Conv2D', 'wasm')).not.toBe(theirs);
  expect(product()).toBe(11);
});

test('takes turns: removed and activated again, it starts anew', async () => {
  const first = engine().backend;
  removeBackend('wasm');
  await Promise.all([wasm().activate(), wasm().activate()]);
  expect(engine().backend).not.toBe(first);
  expect(product()).toBe(11);
});

test('registers the families of a later call too, and keeps those of earlier ones', async () => {
  removeBackend('wasm');
  for (const { kernelName } of getKernelsForBackend('wasm')) unregisterKernel(kernelName, 'wasm');
  await wasmWith({ families: [matmulKernels, elementwiseKernels] }).activate();
  expect(getKernel('Sum', 'wasm')).toBeUndefined();
  await wasm().activate();
  const all = getKernelsForBackend('wasm').length;
  expect(getKernel('Sum', 'wasm')).toBeDefined();
  await wasmWith({ families: [matmulKernels] }).activate();
  expect(getKernelsForBackend('wasm').length).toBe(all);
  expect(product()).toBe(11);
  // A complex product is computed by what the family of complex numbers makes of the kernel for real ones.
  const i = complex([0], [1]);
  expect([...mul(i, i).dataSync()]).toEqual([-1, 0]);
});
