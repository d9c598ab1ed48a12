import { matMul, tensor2d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { supportsRelaxedSimd } from '../src/engine/support.js';
import { guarded, useWasm } from './both.js';

test('the kernels are tested in both builds: the second run has the plain one, which rounds products', async () => {
  await useWasm();
  // a² = 1 + 2⁻¹¹ + 2⁻²⁴ in full; rounded to float32 it loses the last term.
  const a = 1 + 2 ** -12;
  const rest = matMul(tensor2d([[-(1 + 2 ** -11), a]]), tensor2d([[1], [a]])).dataSync()[0]!;
  if (guarded) expect(rest).toBe(0);
  // A processor without a multiply-add of its own may round in the relaxed build too.
  else expect([0, supportsRelaxedSimd() ? 2 ** -24 : 0]).toContain(rest);
});
