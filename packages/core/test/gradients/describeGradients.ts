import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backend, registerGradients } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GradientRow, linear, random } from './GradientRow.js';
import { properties } from './properties.js';
import { rows } from './tables/index.js';
import { operationOf } from './tables/operations.js';

/**
 * Checks the whole table on one backend. `npm run gradients` makes the page of what is found out: it names a folder in
 * ESPALIER_GRADIENTS, and `column` is the file there.
 */
export function describeGradients(backend: Backend, column = backend.name): void {
  const found: Finding[] = [];
  describe(`gradients on ${column}`, () => {
    afterAll(() => {
      const folder = process.env.ESPALIER_GRADIENTS;
      if (folder) writeFileSync(join(folder, `${column}.json`), JSON.stringify(found));
    });

    beforeAll(async () => {
      await backend.activate();
      registerGradients();
      standIn(backend.name);
    });

    it.for(rows)('$kernel: $name', async (row, { skip }) => {
      const reason = row.lacking?.[backend.name];
      const what = { op: operationOf(row), kernel: row.kernel, cases: 1 };
      if (!reason) {
        found.push({ ...what, error: await check(row) });
        return;
      }
      // A reason that has become untrue must not hide the row.
      await expect(check(row), `it works now: drop the reason "${reason}"`).rejects.toThrow();
      found.push({ ...what, reason });
      skip(reason);
    });

    it.for(properties)('$op: $name', ({ op, runs, cases }) => {
      let error = 0;
      fc.assert(
        fc.property(cases, ({ f, inputs, step, tolerance }) => {
          const points = inputs();
          try {
            error = Math.max(error, compare(f, points, step, tolerance));
          } finally {
            tf.dispose(points);
          }
        }),
        { numRuns: runs, seed: 7 },
      );
      found.push({ op, cases: runs, error });
    });

    it('differentiates fused operations, whose gradients tfjs-core composes of these', async () => {
      const [x, w, b] = [random([2, 5, 4, 3]), random([3, 3, 3, 2]), random([2])];
      const conv = (x: tf.Tensor, filter: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.conv2d({ x: x as tf.Tensor4D, filter: filter as tf.Tensor4D, bias, strides: 1, pad: 'same' });
      const product = (a: tf.Tensor, b: tf.Tensor, bias: tf.Tensor) =>
        tf.fused.matMul({ a: a as tf.Tensor2D, b: b as tf.Tensor2D, bias, activation: 'sigmoid' });
      for (const { error } of compareWithFiniteDifferences(conv, [x, w, b], linear)) expect(error).toBeLessThan(2e-5);
      for (const { error } of compareWithFiniteDifferences(product, [random([3, 4]), random([4, 2]), b])) {
        expect(error).toBeLessThan(2e-3);
      }
    });

    it('splits the gradient of a maximum between equal elements', () => {
      const slope = tf.grad((x) => tf.max(x))(tf.tensor1d([1, 3, 3, 0, 3]));
      expect([...slope.dataSync()]).toEqual([0, 1 / 3, 1 / 3, 0, 1 / 3].map(Math.fround));
    });

    it('leaves nothing behind but the gradients', () => {
      const inputs = [random([4, 3]), random([3, 2]), random([2])];
      const f = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => tf.softmax(tf.add(tf.relu(tf.matMul(x, w)), b));
      const before = tf.memory().numTensors;
      const gradients = tf.grads(f)(inputs);
      expect(tf.memory().numTensors).toBe(before + 3);
      tf.dispose([gradients, inputs]);
    });
  });
}

/** tfjs has gradients for two kernels that no backend of it has: composed here, so that the gradients are run. */
function standIn(backendName: string): void {
  const kernels: Record<string, tf.KernelFunc> = {
    BroadcastTo: ({ inputs, attrs }) => tf.broadcastTo(inputs.x as tf.Tensor, attrs!.shape as number[]),
    LogSoftmax: ({ inputs, attrs }) => tf.logSoftmax(inputs.logits as tf.Tensor, attrs!.axis as number),
  };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (!tf.getKernel(kernelName, backendName)) tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}

/** What was found out about one row, or about a property. */
interface Finding {
  readonly op: string;
  readonly kernel?: string;
  readonly cases: number;
  /** The largest relative error. */
  readonly error?: number;
  readonly reason?: string;
}

/** Checks a row, and answers with its error. */
async function check({ kernel, f, inputs, step, tolerance }: GradientRow): Promise<number> {
  const points = inputs();
  try {
    const before = tf.memory().numTensors;
    const error = compare(f, points, step, tolerance);
    expect(tf.memory().numTensors).toBe(before);
    const { kernelNames } = await tf.profile(() => tf.tidy(() => f(...points)));
    expect(kernelNames).toContain(kernel);
    return error;
  } finally {
    tf.dispose(points);
  }
}

/** Compares with finite differences in every input, and answers with the largest error. */
function compare(f: GradientRow['f'], points: tf.Tensor[], step?: number, tolerance = 2e-3): number {
  const comparisons = compareWithFiniteDifferences(f, points, step === undefined ? {} : { step });
  for (const { input, gradient, differences, error } of comparisons) {
    expect(error, `input ${input}\ngradient    ${gradient}\ndifferences ${differences}`).toBeLessThan(tolerance);
  }
  return Math.max(...comparisons.map(({ error }) => error));
}
