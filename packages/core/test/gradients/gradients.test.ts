import { registerGradients } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { allGradients } from '../../src/gradients/registerGradients.js';
import { backends } from './backends.js';
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

  it.each(rows)('$kernel: $name', async ({ kernel, f, inputs, step, tolerance = 2e-3, lacking }) => {
    const reason = lacking?.[backend.name];
    if (reason) {
      expect(tf.getKernel(kernel, backend.name), `${kernel} exists now: drop the reason "${reason}"`).toBeFalsy();
      return;
    }
    const points = inputs();
    const before = tf.memory().numTensors;
    const comparisons = compareWithFiniteDifferences(f, points, step === undefined ? {} : { step });
    expect(tf.memory().numTensors).toBe(before);
    for (const { input, gradient, differences, error } of comparisons) {
      expect(error, `input ${input}\ngradient    ${gradient}\ndifferences ${differences}`).toBeLessThan(tolerance);
    }
    const { kernelNames } = await tf.profile(() => tf.tidy(() => f(...points)));
    expect(kernelNames).toContain(kernel);
    tf.dispose(points);
  });
});

describe('the table', () => {
  it('has a row for every gradient', () => {
    const tested = new Set(rows.map(({ kernel }) => kernel));
    expect(
      allGradients()
        .map(({ kernelName }) => kernelName)
        .filter((kernel) => !tested.has(kernel)),
    ).toEqual([]);
  });
});
