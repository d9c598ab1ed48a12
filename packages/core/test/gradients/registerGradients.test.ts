import { readdirSync } from 'node:fs';
import { allGradients, registerGradients } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { rows } from './tables/index.js';

/** Kernels of our own, which not every backend has: they are tested beside their operations, in `test/fused`. */
const OWN = ['Gelu', 'GeluTanh', 'GroupedConv2D', 'Silu'];

describe('the table', () => {
  it('has a row for every gradient', () => {
    const tested = new Set(rows.map(({ kernel }) => kernel));
    expect(
      allGradients()
        .map(({ kernelName }) => kernelName)
        .filter((kernel) => !tested.has(kernel) && !OWN.includes(kernel)),
    ).toEqual([]);
  });

  it('leaves out no kernel that tfjs-core has a gradient for', async () => {
    const folder = new URL('../../node_modules/@tensorflow/tfjs-core/dist/gradients/', import.meta.url);
    const stock = readdirSync(folder).flatMap((file) => file.match(/^(\w+)_grad\.js$/)?.[1] ?? []);
    const ours = new Set(allGradients().map(({ kernelName }) => kernelName));
    expect(stock.filter((kernel) => !ours.has(kernel))).toEqual([]);
    expect(stock.length).toBeGreaterThan(100);
  });

  it('names kernels as tfjs-core does', () => {
    const known = new Set<unknown>([...Object.values(tf), ...OWN]);
    expect(allGradients().filter(({ kernelName }) => !known.has(kernelName))).toEqual([]);
  });
});

describe('registerGradients', () => {
  it('replaces what is registered, without a warning, as often as it is called', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const debug = tf.env().getBool('DEBUG');
    try {
      tf.env().set('DEBUG', true);
      registerGradients();
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
