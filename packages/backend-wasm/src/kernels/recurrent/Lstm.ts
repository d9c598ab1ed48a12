import type { TensorInfo } from '@tensorflow/tfjs-core';
import { requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { Sequence, type SequenceAttrs, type SequenceInputs } from './Sequence.js';

interface LstmInputs extends SequenceInputs {
  /** `[batch, units]`, the initial cell; zeros where it is absent. */
  readonly cell?: TensorInfo;
}

interface LstmGradInputs extends LstmInputs {
  readonly dy: TensorInfo;
  /** The gates i, f, g, o of every step. */
  readonly kept0: TensorInfo;
  /** The hidden state before every step. */
  readonly kept1: TensorInfo;
  /** The cell before every step. */
  readonly kept2: TensorInfo;
}

function sequenceOf(name: string, engine: Sequence['engine'], inputs: LstmInputs, attrs: SequenceAttrs): Sequence {
  const sequence = new Sequence(name, engine, inputs, attrs, 4);
  requireFloat32(name, { cell: inputs.cell });
  if (inputs.cell !== undefined) requireShape(name, 'cell', [sequence.batch, sequence.units], inputs.cell.shape);
  return sequence;
}

/** A whole sequence of LSTM steps: the value, and the gates and states that its gradient needs. */
export const lstm = /* @__PURE__ */ defineKernel<LstmInputs, SequenceAttrs>('Lstm', ({ inputs, attrs, engine }) => {
  const s = sequenceOf('Lstm', engine, inputs, attrs);
  const gates = s.project();
  const [hiddens, cells, value] = [s.perStep(s.wide), s.perStep(s.wide), s.value(2)];
  const { mask, hidden, cell } = inputs;
  s.run('lstm', (packed) => [
    s.at(gates),
    packed,
    s.at(mask),
    s.at(hidden),
    s.at(cell),
    s.at(hiddens),
    s.at(cells),
    s.at(value),
  ]);
  return [value, gates, hiddens, cells];
});

/** Its gradient, back through time: for x, kernel, recurrentKernel, then bias, hidden and cell where there are such. */
export const lstmGrad = /* @__PURE__ */ defineKernel<LstmGradInputs, SequenceAttrs>(
  'LstmGrad',
  ({ inputs, attrs, engine }) => {
    const s = sequenceOf('LstmGrad', engine, inputs, attrs);
    const { bias, mask, hidden, cell, dy, kept0: gates, kept1: hiddens, kept2: cells } = inputs;
    const dz = s.perStep(4 * s.wide);
    const sums = engine.makeOutput([s.blocks, 4 * s.wide], 'float32');
    const dHidden = hidden && engine.makeOutput(hidden.shape, 'float32');
    const dCell = cell && engine.makeOutput(cell.shape, 'float32');
    s.run(
      'lstmGrad',
      (packed) => [
        s.at(gates),
        packed,
        s.at(mask),
        s.at(cells),
        s.at(dy),
        s.at(dz),
        s.at(sums),
        s.at(dHidden),
        s.at(dCell),
      ],
      true,
    );
    const gradients = [
      s.inputGradient(dz),
      s.kernelGradient(inputs.x, dz, s.features),
      s.kernelGradient(hiddens, dz, s.units),
    ];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    if (dCell !== undefined) gradients.push(dCell);
    engine.disposeData(dz.dataId);
    engine.disposeData(sums.dataId);
    return gradients;
  },
);
