import { convolution2d } from '@espalier/core';
import {
  avgPool,
  avgPool3d,
  conv2dTranspose,
  conv3d,
  depthwiseConv2d,
  maxPool,
  maxPool3d,
} from '@tensorflow/tfjs-core';
import { type Case, testRanges } from './divided.js';

// biome-ignore format: a table of numbers
const convolutions = [
  // height, width, inputs, outputs, kernel, stride, dilation, groups, padding
  [9, 7, 3, 5, 3, 3, 1, 1, 1, 'same'], [9, 7, 3, 9, 2, 3, 2, 1, 1, 'valid'], [11, 13, 4, 8, 3, 3, 1, 2, 1, 'same'],
  [8, 8, 16, 20, 3, 3, 1, 1, 1, 'same'], [17, 19, 16, 20, 3, 3, 1, 1, 1, 'valid'], [9, 9, 20, 36, 3, 3, 1, 1, 1, 'same'],
  [6, 5, 6, 9, 3, 2, 1, 1, 3, 'same'], [6, 5, 6, 12, 3, 3, 2, 1, 2, 'same'], [5, 5, 7, 3, 1, 1, 1, 1, 1, 'same'],
  [5, 5, 7, 3, 1, 1, 2, 1, 1, 'same'], [40, 3, 2, 11, 5, 1, 1, 1, 1, 'same'], [3, 300, 1, 17, 3, 3, 1, 1, 1, 'same'],
] as const;
// biome-ignore format: a table of numbers
const depthwise = [
  // height, width, channels, multiplier, kernel, stride, dilation
  [9, 7, 3, 2, 3, 1, 1], [9, 17, 8, 1, 3, 1, 1], [9, 17, 20, 1, 3, 2, 1], [9, 17, 36, 1, 3, 1, 2], [5, 6, 5, 1, 2, 1, 1],
] as const;
// biome-ignore format: a table of numbers
const pools = [
  // window, stride, channels, padding
  [2, 2, 4, 'valid'], [2, 2, 5, 'same'], [3, 2, 21, 'same'], [3, 1, 16, 'valid'], [2, 3, 7, 'same'], [3, 3, 66, 'same'],
] as const;

const cases: Case[] = convolutions.map(([h, w, c, n, kh, kw, stride, dilation, groups, padding]) => [
  `convolution ${[h, w, c, n, kh, kw, stride, dilation, groups, padding]}`,
  [[19, h, w, c], [kh, kw, c / groups, n], [n]],
  (x, filter, bias) => {
    const options = { strides: [stride, stride], dilationRate: [dilation, dilation], padding, groups } as const;
    return convolution2d(x!, filter!, { ...options, bias, activation: 'relu' });
  },
]);
for (const [h, w, c, q, k, stride, dilation] of depthwise) {
  cases.push([
    `depthwise ${[h, w, c, q, k, stride, dilation]}`,
    [
      [3, h, w, c],
      [k, k, c, q],
    ],
    (x, filter) => depthwiseConv2d(x as never, filter as never, stride, 'same', 'NHWC', dilation),
  ]);
}
for (const [k, stride, c, pad] of pools) {
  const name = `${[k, stride, c, pad]}`;
  cases.push(
    [`maxPool ${name}`, [[3, 9, 11, c]], (x) => maxPool(x as never, k, stride, pad)],
    [`avgPool ${name}`, [[3, 9, 11, c]], (x) => avgPool(x as never, k, stride, pad)],
    [`maxPool3d ${name}`, [[2, 5, 6, 5, c]], (x) => maxPool3d(x as never, k, stride, pad)],
    [`avgPool3d ${name}`, [[2, 5, 6, 5, c]], (x) => avgPool3d(x as never, k, stride, pad)],
  );
}

testRanges(
  'convolution and pooling',
  // biome-ignore format: kernels by family
  [
    'directConv', 'convFilterGrad', 'sumPanels', 'winogradConv', 'winogradFilter', 'winogradFilterGrad',
    'depthwise', 'depthwiseFilterGrad', 'depthwiseInputGrad',
    'maxPool', 'maxPoolGradApart', 'maxPoolGradOver', 'averagePool', 'averagePoolGrad',
  ],
  [
    ...cases,
    [
      'conv3d',
      [
        [2, 4, 5, 6, 3],
        [2, 3, 2, 3, 5],
      ],
      (x, f) => conv3d(x as never, f as never, 1, 'same'),
    ],
    [
      'conv3d, strided',
      [
        [2, 5, 5, 6, 3],
        [2, 3, 2, 3, 5],
      ],
      (x, f) => conv3d(x as never, f as never, 2, 'valid'),
    ],
    [
      'transposed',
      [
        [2, 5, 6, 3],
        [3, 3, 9, 3],
      ],
      (x, filter) => conv2dTranspose(x as never, filter as never, [2, 10, 12, 9], 2, 'same'),
    ],
  ],
);
