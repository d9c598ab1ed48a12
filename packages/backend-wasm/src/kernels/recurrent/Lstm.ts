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
  /** The rows of x with time first, where they are not x. */
  readonly kept3?: TensorInfo;
  /** Which row each place has, where rows repeat. */
  readonly kept4?: TensorInfo;
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
  const source = s.read();
  const projected = s.project(source);
  const gates = s.gatesFrom(projected, source);
  const [hiddens, cells, value] = [s.perStep(s.wide), s.perStep(s.wide), s.value(2)];
  const { mask, hidden, cell } = inputs;
  s.run('lstm', [projected, source.index, gates, mask, hidden, cell, hiddens, cells, value]);
  if (gates !== projected) engine.disposeData(projected.dataId);
  return [value, gates, hiddens, cells, ...s.kept(source)];
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
    s.run('lstmGrad', [gates, mask, cells, dy, dz, sums, dHidden, dCell], true);
    const rows = s.rowsKept(inputs.kept3, inputs.kept4);
    const gradients = [s.inputGradient(dz), s.kernelGradient(dz, rows), s.recurrentGradient(dz, hiddens)];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    if (dCell !== undefined) gradients.push(dCell);
    engine.disposeData(dz.dataId);
    engine.disposeData(sums.dataId);
    return gradients;
  },
);
