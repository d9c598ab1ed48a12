import type { TensorInfo } from '@tensorflow/tfjs-core';
import { requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { Sequence, type SequenceAttrs, type SequenceInputs } from './Sequence.js';

interface GruGradInputs extends SequenceInputs {
  readonly dy: TensorInfo;
  /** The gates z, r, g of every step. */
  readonly kept0: TensorInfo;
  /** The state before every step. */
  readonly kept1: TensorInfo;
  /** The candidate's part of `h · recurrentKernel` of every step, with its bias. */
  readonly kept2: TensorInfo;
  /** The rows of x with time first, where they are not x. */
  readonly kept3?: TensorInfo;
  /** Which row each place has, where rows repeat. */
  readonly kept4?: TensorInfo;
}

/** A whole sequence of GRU steps, the reset gate after the product: the value, and what its gradient needs. */
export const gru = /* @__PURE__ */ defineKernel<SequenceInputs, SequenceAttrs>('Gru', ({ inputs, attrs, engine }) => {
  const s = new Sequence('Gru', engine, inputs, attrs, 3);
  const { bias, mask, hidden } = inputs;
  if (bias !== undefined) requireShape('Gru', 'bias', [2, 3 * s.units], bias.shape);
  const source = s.read();
  const projected = s.project(source);
  const gates = s.gatesFrom(projected, source);
  const [hiddens, inner, value] = [s.perStep(s.wide), s.perStep(s.wide), s.value(1)];
  const inside = bias === undefined ? 0 : s.at(bias) + 3 * s.units * 4;
  s.run('gru', [projected, source.index, gates, inside, mask, hidden, hiddens, inner, value]);
  if (gates !== projected) engine.disposeData(projected.dataId);
  return [value, gates, hiddens, inner, ...s.kept(source)];
});

/** Its gradient, back through time: for x, kernel, recurrentKernel, then bias and hidden where there are such. */
export const gruGrad = /* @__PURE__ */ defineKernel<GruGradInputs, SequenceAttrs>(
  'GruGrad',
  ({ inputs, attrs, engine }) => {
    const s = new Sequence('GruGrad', engine, inputs, attrs, 3);
    const { bias, mask, hidden, dy, kept0: gates, kept1: hiddens, kept2: inner } = inputs;
    const [dx, dz] = [s.perStep(3 * s.wide), s.perStep(3 * s.wide)];
    const sums = engine.makeOutput([s.blocks, 2, 3 * s.wide], 'float32');
    const dHidden = hidden && engine.makeOutput(hidden.shape, 'float32');
    s.run('gruGrad', [gates, mask, hiddens, inner, dy, dx, dz, sums, dHidden], true);
    const rows = s.rowsKept(inputs.kept3, inputs.kept4);
    const gradients = [s.inputGradient(dx), s.kernelGradient(dx, rows), s.recurrentGradient(dz, hiddens)];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    for (const { dataId } of [dx, dz, sums]) engine.disposeData(dataId);
    return gradients;
  },
);
