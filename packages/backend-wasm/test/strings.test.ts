import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useWasm } from './both.js';

beforeAll(useWasm);

test('strings are rewritten by a regular expression', async () => {
  const texts = tf.tensor1d(['a1b22', 'none', '']);
  expect([...tf.string.staticRegexReplace(texts, '\\d', '#').dataSync()]).toEqual(['a#b##', 'none', '']);
  expect([...tf.string.staticRegexReplace(texts, '\\d', '#', false).dataSync()]).toEqual(['a#b22', 'none', '']);
});
