import { isEspalierError } from '@espalier/core';
import { getBackend, matMul, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { cpu } from '../src/index.js';

test('is available everywhere', async () => {
  expect(await cpu().probe()).toEqual({ available: true });
});

test('computes after activation, and a second activation is harmless', async () => {
  const printed = ['warn', 'log', 'info', 'error'].map((method) => vi.spyOn(console, method as 'log'));
  const backend = cpu();
  const info = await backend.activate();
  expect(info).toMatchObject({ name: 'cpu', device: 'CPU (plain JavaScript)', threads: 1, simd: 'none' });
  expect(info.version).toMatch(/^4\./);
  expect(await backend.activate()).toEqual(info);
  expect(getBackend()).toBe('cpu');
  const product = matMul(tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([1, 0, 0, 1], [2, 2]));
  expect([...product.dataSync()]).toEqual([1, 2, 3, 4]);
  for (const spy of printed) expect(spy).not.toHaveBeenCalled();
});

test.each([[{ threads: 2 }], [2], ['fast'], [null], [[]]])('refuses %j: it has no options', (options) => {
  let thrown: unknown;
  try {
    cpu(options as never);
  } catch (error) {
    thrown = error;
  }
  expect(isEspalierError(thrown, 'ValueError')).toBe(true);
});
