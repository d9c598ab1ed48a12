import { readdirSync } from 'node:fs';
import { registerGradients } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { allGradients } from '../../src/gradients/registerGradients.js';
import { backends } from './backends.js';
import { type GradientRow, linear, random } from './GradientRow.js';
import { elementwise } from './tables/elementwise.js';
import { images } from './tables/images.js';
import { linearOperations } from './tables/linear.js';
import { reductions } from './tables/reductions.js';
import { shaping } from './tables/shaping.js';

const rows = [...elementwise, ...images, ...linearOperations, ...reductions, ...shaping];

describe.each(backends)('gradients on $name', (backend) => {
  beforeAll(async () => {
    await backend.activate();
    registerGradients();
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

describe('the table', () => {
  it('has a row for every gradient', () => {
    const tested = new Set(rows.map(({ kernel }) => kernel));
    expect(
      allGradients()
        .map(({ kernelName }) => kernelName)
        .filter((kernel) => !tested.has(kernel)),
    ).toEqual([]);
  });

  it('leaves out no kernel that tfjs-core has a gradient for, save those it cannot express', async () => {
    const folder = new URL('../../node_modules/@tensorflow/tfjs-core/dist/gradients/', import.meta.url);
    const stock = readdirSync(folder).flatMap((file) => file.match(/^(\w+)_grad\.js$/)?.[1] ?? []);
    const ours = new Set(allGradients().map(({ kernelName }) => kernelName));
    // |z| of a complex z: the tape carries real gradients only, so there is nowhere to put two parts.
    expect(stock.filter((kernel) => !ours.has(kernel))).toEqual(['ComplexAbs']);
    expect(stock.length).toBeGreaterThan(100);
  });

  it('names kernels as tfjs-core does', () => {
    const known = new Set(Object.values(tf));
    expect(allGradients().filter(({ kernelName }) => !known.has(kernelName as never))).toEqual([]);
  });
});

describe('registerGradients', () => {
  it('replaces what is registered, without a warning, as often as it is called', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const debug = tf.env().getBool('DEBUG');
    try {
      tf.env().set('DEBUG', true);
      tf.unregisterGradient('Sum');
      tf.registerGradient({ kernelName: 'Sum', gradFunc: () => ({}) });
      warn.mockClear();
      registerGradients();
      registerGradients();
      expect(warn).not.toHaveBeenCalled();
      expect(tf.getGradient('Sum').inputsToSave).toEqual(['x']);
    } finally {
      tf.env().set('DEBUG', debug);
      warn.mockRestore();
    }
  });
});
