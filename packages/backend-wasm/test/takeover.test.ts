import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { engine, getBackend, getKernel, matMul, removeBackend, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { WasmEngine } from '../src/engine/WasmEngine.js';
import { wasm } from '../src/index.js';

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
