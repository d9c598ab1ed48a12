import { dropout, gelu, silu } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { type Case, type Shape, testRanges, wholes } from './divided.js';

const unaries: [string, (x: tf.Tensor) => tf.Tensor][] = [
  ['exp', tf.exp],
  ['tanh', tf.tanh],
  ['gelu', gelu],
  ['silu', silu],
  ['relu', tf.relu],
  ['erf', tf.erf],
  ['softplus', tf.softplus],
  ['log1p of a square', (x) => tf.log1p(tf.square(x))],
];
const lengths = [1, 7, 1023, 1025, 5000];

const pairs: [Shape, Shape][] = [
  [[1025], [1025]],
  [[37, 5], [5]],
  [
    [37, 5],
    [37, 1],
  ],
  [
    [3, 1, 700],
    [1, 9, 700],
  ],
  [
    [3, 1, 7, 1],
    [5, 1, 9],
  ],
  [
    [4, 1],
    [1, 1100],
  ],
  [
    [2, 3, 1, 5],
    [3, 4, 1],
  ],
];

const moved: Case[] = [
  ['transpose', [[37, 5, 41]], (x) => tf.transpose(x!, [2, 0, 1])],
  ['transpose of a matrix', [[137, 41]], (x) => tf.transpose(x!)],
  ['transpose of four axes', [[7, 5, 4, 3]], (x) => tf.transpose(x!, [3, 1, 0, 2])],
  ['reverse', [[17, 9, 3]], (x) => tf.reverse(x!, [0, 2])],
  ['tile', [[3, 5]], (x) => tf.tile(x!, [4, 3])],
  ['slice', [[40, 30, 3]], (x) => tf.slice(x!, [3, 5, 1], [30, 20, 2])],
  [
    'concat',
    [
      [3, 5],
      [3, 70],
    ],
    (x, y) => tf.concat([x!, y!], 1),
  ],
  ['gather', [[40, 33]], (x) => tf.gather(x!, wholes([9], 40) as tf.Tensor1D)],
  [
    'mirrorPad',
    [[5, 7]],
    (x) =>
      tf.mirrorPad(
        x!,
        [
          [2, 3],
          [1, 4],
        ],
        'reflect',
      ),
  ],
  ['dropout', [[5001]], (x) => dropout(x!, { rate: 0.3, seed: [4, 5] })],
  ['fft of 12', [[3, 12]], (x) => tf.abs(tf.fft(tf.complex(x!, tf.zerosLike(x!))))],
  ['fft of 16', [[5, 16]], (x) => tf.abs(tf.fft(tf.complex(x!, tf.zerosLike(x!))))],
];

testRanges(
  'elements',
  ['unaryF32', 'binaryF32', 'moveRuns', 'moveTurned', 'gather', 'unsortedSegmentSum', 'dropout', 'fft'],
  [
    ...unaries.flatMap(([name, run]) =>
      lengths.map((length): Case => [`${name} of ${length}`, [[length]], (x) => run(x!)]),
    ),
    ...pairs.flatMap(([a, b]): Case[] => [
      [`[${a}] + [${b}], times the second`, [a, b], (x, y) => tf.mul(tf.add(x!, y!), y!)],
      [`([${a}] - [${b}])²`, [a, b], (x, y) => tf.squaredDifference(x!, y!)],
    ]),
    ...moved,
  ],
);
