import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { wasm } from './stock.js';
it('probe', async () => {
  await wasm({}).activate();
  const x = tf.tensor1d([NaN, 0, -100, 100, -14.5, 14.5, -10]);
  console.log('softplus', tf.softplus(x).dataSync(), 'relu', tf.relu(x).dataSync(), 'max', tf.maximum(x, 0).dataSync(), 'clip', tf.clipByValue(x, 1e-7, 1).dataSync(), 'step', tf.step(x).dataSync(),
   'prelu', tf.leakyRelu(x, 0.1).dataSync(), 'softmax', tf.softmax(x).dataSync(), 'min', tf.minimum(x, 0).dataSync(), tf.max(x).dataSync());
});
