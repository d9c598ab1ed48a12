import { gru, lstm, type SequenceOptions, type SequenceResult, simpleRnn } from '@espalier/core';
import { concat, gather, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { type Case, testRanges, truths, wholes } from './divided.js';

/** Batch, time, features, units: one row, whole blocks of rows and less, rows long enough to be compared. */
const sizes = [
  [1, 3, 2, 1],
  [5, 4, 3, 7],
  [18, 3, 17, 9],
  [37, 5, 20, 12],
  [33, 1, 3, 8],
] as const;

const networks: readonly {
  name: string;
  run: (options: SequenceOptions) => SequenceResult;
  gates: number;
  states: number;
  biasRows?: number[];
}[] = [
  { name: 'lstm', run: lstm, gates: 4, states: 2 },
  { name: 'gru', run: gru, gates: 3, states: 1, biasRows: [2] },
  { name: 'gru, reset before', run: (options) => gru({ ...options, resetAfter: false }), gates: 3, states: 1 },
  { name: 'simpleRnn', run: simpleRnn, gates: 1, states: 1 },
];

const flat = ({ output, state }: SequenceResult): Tensor => concat([output, ...state].map((y) => reshape(y, [-1])));

const cases = networks.flatMap(({ name, run, gates, states, biasRows = [] }) =>
  sizes.flatMap(([batch, time, features, units]) =>
    [0, 1, 2, 3].map((flags): Case => {
      const [masked, returnSequences] = [(flags & 1) > 0, (flags & 2) > 0];
      const [width, state] = [gates * units, [batch, units]];
      const shapes = [
        [batch, time, features],
        [features, width],
        [units, width],
        [...biasRows, width],
      ];
      return [
        `${name} ${[batch, time, features, units]}${masked ? ', masked' : ''}${returnSequences ? ', all steps' : ''}`,
        [...shapes, ...Array(states).fill(state)],
        (x, kernel, recurrentKernel, bias, ...initialState) => {
          const mask = masked ? truths([batch, time]) : undefined;
          const inputs = { x: x!, kernel: kernel!, recurrentKernel: recurrentKernel!, bias, initialState, mask };
          return flat(run({ ...inputs, returnSequences, returnState: returnSequences, goBackwards: masked }));
        },
      ];
    }),
  ),
);

testRanges(
  'recurrent networks',
  ['lstm', 'lstmGrad', 'gru', 'gruGrad', 'gruBefore', 'gruBeforeGrad', 'simpleRnn', 'simpleRnnGrad'],
  [
    ...cases,
    [
      'lstm of words that repeat',
      [
        [40, 64],
        [64, 32],
        [8, 32],
      ],
      (words, kernel, recurrentKernel) =>
        lstm({ x: gather(words!, wholes([16, 20], 40)), kernel: kernel!, recurrentKernel: recurrentKernel! }).output,
    ],
  ],
);
