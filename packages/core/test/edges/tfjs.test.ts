import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

/** What apps/docs/numbers.md says of operations that tfjs-core makes of others: where one is mended, so is the page. */
describe.each([
  ['cpu', cpu],
  ['wasm', () => wasm()],
] as const)('what tfjs makes of other operations, on %s', (_, backend) => {
  beforeAll(async () => {
    await activateBackend(backend());
  });

  test('the norm of 1e30 is infinite', () => {
    expect(tf.norm(tf.tensor1d([1e30])).dataSync()[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test('logSumExp of infinities is NaN', () => {
    expect(tf.logSumExp(tf.tensor1d([Number.NEGATIVE_INFINITY])).dataSync()[0]).toBeNaN();
    expect(tf.logSumExp(tf.tensor1d([Number.POSITIVE_INFINITY, 0])).dataSync()[0]).toBeNaN();
  });

  test('the variance at a mean of 1e6 is off by some percent', () => {
    const x = Float32Array.from({ length: 96 }, (_v, i) => Math.cos(i * 1.7) + 1e6);
    const mean = x.reduce((sum, value) => sum + value, 0) / 96;
    const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 96;
    const got = tf.moments(tf.tensor1d(x)).variance.dataSync()[0]!;
    expect(Math.abs(got / variance - 1)).toBeLessThan(0.05);
  });
});
