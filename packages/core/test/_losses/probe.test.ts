import * as tf from '@tensorflow/tfjs-core';
import { resolveLoss, useBackend } from '@espalier/core';
import { it } from 'vitest';
import { wasm } from './stock.js';
it('probe', async () => {
  await useBackend(wasm({}));
  const x = tf.softmax(tf.randomNormal([32, 10])); const t = tf.oneHot(tf.range(0, 32, 1, 'int32').dataSync().map(i=>i%10) as Int32Array, 10);
  for (const [n, tt] of [['categoricalCrossentropy', t], ['mse', t]] as const) {
    const f = tf.grad((p: tf.Tensor) => tf.mean(resolveLoss(n).values(tt, p)));
    for (let r = 0; r < 3; r++) { const t0 = performance.now(); for (let i = 0; i < 300; i++) tf.tidy(() => { f(x); }); console.log(n, (performance.now() - t0) / 300, 'ms'); }
    const prof = await tf.profile(() => f(x)); console.log(prof.kernels.map(k => k.name).join(' '));
  }
});
