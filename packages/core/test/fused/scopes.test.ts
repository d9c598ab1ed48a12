import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  batchNormalization,
  convolution2d,
  dense,
  depthwiseConvolution2d,
  dropout,
  gelu,
  groupNormalization,
  gru,
  layerNormalization,
  logSoftmax,
  lstm,
  rmsNormalization,
  scaledDotProductAttention,
  silu,
  simpleRnn,
} from '@espalier/core';
import { dispose, grad, memory, ones, sum, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const sequence = (gates: number) => ({
  kernel: ones([3, gates * 2]),
  recurrentKernel: ones([2, gates * 2]),
  returnSequences: true,
  returnState: true,
});
const made = () => ({
  columns: ones([3, 5]),
  window: ones([3, 3, 3, 3]),
  windowOfOne: ones([3, 3, 1, 3]),
  windowOfTwo: ones([3, 3, 2, 4]),
  four: ones([4]),
  channelwise: ones([3, 3, 3, 1]),
  three: ones([3]),
  five: ones([5]),
  plain: sequence(1),
  gated: { ...sequence(3), bias: ones([2, 6]) },
  long: { ...sequence(4), bias: ones([8]) },
});
type Made = ReturnType<typeof made>;
const list = ({ output, state }: { output: Tensor; state: Tensor[] }) => [output, ...state];

/** Functions of x: images, of 3 or 4 channels, where they convolve, else [2, 4, 3]. */
const operations: Record<string, (x: Tensor, given: Made) => Tensor[]> = {
  gelu: (x) => [gelu(x)],
  'gelu, approximate': (x) => [gelu(x, { approximate: true })],
  silu: (x) => [silu(x)],
  logSoftmax: (x) => [logSoftmax(x)],
  dropout: (x) => [dropout(x, { rate: 0.5, seed: [1, 2] })],
  batchNormalization: (x, { three }) => [batchNormalization(x, three, three)],
  layerNormalization: (x, { three }) => [layerNormalization(x, three, three)],
  groupNormalization: (x, { three }) => [groupNormalization(x, three, three, { groups: 3 })],
  rmsNormalization: (x, { three }) => [rmsNormalization(x, three)],
  scaledDotProductAttention: (x) => [scaledDotProductAttention(x, x, x, { causal: true })],
  dense: (x, { columns, five }) => [dense(x, columns, { bias: five, activation: 'elu' })],
  convolution2d: (x, { window, three }) => [convolution2d(x, window, { padding: 'same', bias: three })],
  'convolution2d, tanh': (x, { window }) => [convolution2d(x, window, { padding: 'same', activation: 'tanh' })],
  'convolution2d, one channel a group': (x, { windowOfOne }) => [
    convolution2d(x, windowOfOne, { padding: 'same', groups: 3 }),
  ],
  'convolution2d, two groups of two': (x, { windowOfTwo, four }) => [
    convolution2d(x, windowOfTwo, { padding: 'same', groups: 2, bias: four, activation: 'elu' }),
  ],
  depthwiseConvolution2d: (x, { channelwise, three }) => [
    depthwiseConvolution2d(x, channelwise, { padding: 'same', bias: three, activation: 'sigmoid' }),
  ],
  simpleRnn: (x, { plain }) => list(simpleRnn({ ...plain, x })),
  gru: (x, { gated }) => list(gru({ ...gated, x })),
  lstm: (x, { long }) => list(lstm({ ...long, x })),
};

describe.each([
  ['cpu', cpu()],
  ['wasm', wasm()],
])('outside of any tidy, on %s,', (_, backend) => {
  beforeAll(() => activateBackend(backend));

  it.each(Object.entries(operations))('%s leaves its results alone', (name, run) => {
    const given = made();
    const images = /two groups/.test(name) ? [1, 3, 2, 4] : [1, 4, 2, 3];
    const x = ones(/convolution/i.test(name) ? images : [2, 4, 3]);
    const before = memory().numTensors;
    const results = run(x, given);
    expect(memory().numTensors - before).toBe(results.length);
    dispose(results);
    dispose(grad((moved) => sum(run(moved, given)[0]!))(x));
    expect(memory().numTensors).toBe(before);
  });
});
