import { dense } from '@espalier/core';
import { matMul } from '@tensorflow/tfjs-core';
import { type Case, testRanges } from './divided.js';

// Single numbers, strips of rows and of columns, several blocks along each side, depths that are cut.
const sizes = [
  [1, 1, 1],
  [3, 5, 2],
  [17, 33, 40],
  [130, 9, 70],
  [5, 520, 33],
  [200, 300, 257],
  [16, 24, 2100],
  [300, 17, 1],
  [129, 257, 300],
] as const;

const forms = [false, true].flatMap((a) => [false, true].map((b) => [a, b] as const));

testRanges(
  'products',
  ['gemmRange', 'sumSlices', 'biasActivationGrad'],
  [
    ...sizes.flatMap(([m, n, k]) =>
      forms.map(
        ([a, b]): Case => [
          `${a ? 'transposed ' : ''}${m} x ${k} by ${b ? 'transposed ' : ''}${k} x ${n}`,
          [a ? [k, m] : [m, k], b ? [n, k] : [k, n]],
          (x, y) => matMul(x!, y!, a, b),
        ],
      ),
    ),
    [
      'a batch',
      [
        [9, 5, 7],
        [9, 7, 6],
      ],
      (x, y) => matMul(x!, y!),
    ],
    [
      'a small batch',
      [
        [3, 5, 7],
        [3, 7, 40],
      ],
      (x, y) => matMul(x!, y!),
    ],
    ...(['relu', 'elu', 'tanh', 'leakyRelu'] as const).map(
      (activation): Case => [
        `dense, ${activation}`,
        [[137, 19], [19, 13], [13]],
        (x, kernel, bias) => dense(x!, kernel!, { bias, activation }),
      ],
    ),
  ],
);
