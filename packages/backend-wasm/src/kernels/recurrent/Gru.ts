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
}

/** A whole sequence of GRU steps, the reset gate after the product: the value, and what its gradient needs. */
export const gru = /* @__PURE__ */ defineKernel<SequenceInputs, SequenceAttrs>('Gru', ({ inputs, attrs, engine }) => {
  const s = new Sequence('Gru', engine, inputs, attrs, 3);
  const { bias, mask, hidden } = inputs;
  if (bias !== undefined) requireShape('Gru', 'bias', [2, 3 * s.units], bias.shape);
  const gates = s.project();
  const [hiddens, inner, value] = [s.perStep(s.wide), s.perStep(s.wide), s.value(1)];
  const tensors = [mask, hidden, hiddens, inner, value];
  const inside = bias === undefined ? 0 : s.at(bias) + 3 * s.units * 4;
  s.run('gru', (packed) => [s.at(gates), packed, inside, ...tensors.map((tensor) => s.at(tensor))]);
  return [value, gates, hiddens, inner];
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
    const tensors = [mask, hiddens, inner, dy, dx, dz, sums, dHidden];
    s.run('gruGrad', (packed) => [s.at(gates), packed, ...tensors.map((tensor) => s.at(tensor))], true);
    const gradients = [
      s.inputGradient(dx),
      s.kernelGradient(inputs.x, dx, s.features),
      s.kernelGradient(hiddens, dz, s.units),
    ];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    for (const { dataId } of [dx, dz, sums]) engine.disposeData(dataId);
    return gradients;
  },
);
