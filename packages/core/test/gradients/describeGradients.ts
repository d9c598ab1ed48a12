import { type Backend, registerGradients } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type GradientRow, linear, random } from './GradientRow.js';
import { rows } from './tables/index.js';

/** Checks the whole table on one backend. */
export function describeGradients(backend: Backend): void {
  describe(`gradients on ${backend.name}`, () => {
    beforeAll(async () => {
      await backend.activate();
      registerGradients();
      standIn(backend.name);
    });

    it.for(rows)('$kernel: $name', async (row, { skip }) => {
      const reason = row.lacking?.[backend.name];
      if (!reason) return check(row);
      // A reason that has become untrue must not hide the row.
      await expect(check(row), `it works now: drop the reason "${reason}"`).rejects.toThrow();
      skip(reason);
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

async function check({ kernel, f, inputs, step, tolerance = 2e-3 }: GradientRow): Promise<void> {
  const points = inputs();
  try {
    const before = tf.memory().numTensors;
    const comparisons = compareWithFiniteDifferences(f, points, step === undefined ? {} : { step });
    expect(tf.memory().numTensors).toBe(before);
    for (const { input, gradient, differences, error } of comparisons) {
      expect(error, `input ${input}\ngradient    ${gradient}\ndifferences ${differences}`).toBeLessThan(tolerance);
    }
    const { kernelNames } = await tf.profile(() => tf.tidy(() => f(...points)));
    expect(kernelNames).toContain(kernel);
  } finally {
    tf.dispose(points);
  }
}
