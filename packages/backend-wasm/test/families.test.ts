import { allGradients, zeroGradients } from '@espalier/core';
import { expect, it } from 'vitest';
import { ALL_FAMILIES } from '../src/families.js';

const named = ALL_FAMILIES.map(({ kernels, gradients = [] }) => ({
  kernels: new Set(kernels.map(({ kernelName }) => kernelName)),
  gradients: new Set([zeroGradients, ...gradients].flatMap((some) => some()).map(({ kernelName }) => kernelName)),
}));

it('bring the gradients of all their kernels', () => {
  // Every backend has those of what no gradient passes, besides.
  const missing = allGradients().flatMap(({ kernelName }) => {
    const homes = named.filter(({ kernels }) => kernels.has(kernelName));
    // Operations of core that no kernel runs on WASM have gradients too, which belong to some family.
    const wanted = homes.length > 0 ? homes : named;
    const found = wanted.filter(({ gradients }) => gradients.has(kernelName)).length;
    return found === (homes.length || Math.max(1, found)) ? [] : [kernelName];
  });
  expect(missing).toEqual([]);
});
