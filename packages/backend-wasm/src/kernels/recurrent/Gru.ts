import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { Sequence, type SequenceAttrs, type SequenceInputs } from './Sequence.js';

interface GruAttrs extends SequenceAttrs {
  /** Whether the reset gate acts after the product with the recurrent kernel. */
  readonly resetAfter: boolean;
}

/** Where the reset gate acts before the product, the candidate's part of the recurrent kernel is apart. */
const PARTS = [2, 1];

/** A bias of both products where the reset gate acts after them. */
const biasRows = ({ resetAfter }: GruAttrs): number[] => (resetAfter ? [2] : []);

interface GruGradInputs extends SequenceInputs {
  readonly dy: TensorInfo;
  /** The gates z, r, g of every step. */
  readonly kept0: TensorInfo;
  /** The state before every step. */
  readonly kept1: TensorInfo;
  /** The candidate's part of `h · recurrentKernel` of every step, with its bias; of the reset gate before it, `r · h`. */
  readonly kept2: TensorInfo;
  /** The rows of x with time first, where they are not x. */
  readonly kept3?: TensorInfo;
  /** Which row each place has, where rows repeat. */
  readonly kept4?: TensorInfo;
}

/** A whole sequence of GRU steps: the value, and what its gradient needs. */
export const gru = /* @__PURE__ */ defineKernel<SequenceInputs, GruAttrs>('Gru', ({ inputs, attrs, engine }) => {
  const s = new Sequence('Gru', engine, inputs, attrs, 3, biasRows(attrs));
  const { bias, mask, hidden } = inputs;
  const { resetAfter } = attrs;
  const source = s.read();
  const projected = s.project(source);
  const gates = s.gatesFrom(projected, source);
  const [hiddens, inner, value] = [s.perStep(s.wide), s.perStep(s.wide), s.value(1)];
  const tensors = [mask, hidden, hiddens, inner, value];
  if (resetAfter) {
    const inside = bias === undefined ? 0 : s.at(bias) + 3 * s.units * 4;
    s.run('gru', [projected, source.index, gates, inside, ...tensors]);
  } else {
    s.run('gruBefore', [projected, source.index, gates, ...tensors], false, PARTS);
  }
  if (gates !== projected) engine.disposeData(projected.dataId);
  return [value, gates, hiddens, inner, ...s.kept(source)];
});

/** Its gradient, back through time: for x, kernel, recurrentKernel, then bias and hidden where there are such. */
export const gruGrad = /* @__PURE__ */ defineKernel<GruGradInputs, GruAttrs>('GruGrad', ({ inputs, attrs, engine }) => {
  const s = new Sequence('GruGrad', engine, inputs, attrs, 3, biasRows(attrs));
  const { bias, mask, hidden, dy, kept0: gates, kept1: hiddens, kept2: inner } = inputs;
  const { resetAfter } = attrs;
  const dx = s.perStep(3 * s.wide);
  // Of h U; with the reset gate before the product, of the candidate's part alone, the rest being that of x W.
  const dz = s.perStep((resetAfter ? 3 : 1) * s.wide);
  const sums = engine.makeOutput([s.blocks, ...biasRows(attrs), 3 * s.wide], 'float32');
  const dHidden = hidden && engine.makeOutput(hidden.shape, 'float32');
  if (resetAfter) s.run('gruGrad', [gates, mask, hiddens, inner, dy, dx, dz, sums, dHidden], true);
  else s.run('gruBeforeGrad', [gates, mask, hiddens, dy, dx, dz, sums, dHidden], true, PARTS);
  const rows = s.rowsKept(inputs.kept3, inputs.kept4);
  const recurrent = s.recurrentGradient(resetAfter ? dz : dx, hiddens);
  if (!resetAfter) s.replaceLastGate(recurrent, dz, inner);
  const gradients = [s.inputGradient(dx), s.kernelGradient(dx, rows), recurrent];
  if (bias !== undefined) gradients.push(s.biasGradient(sums));
  if (dHidden !== undefined) gradients.push(dHidden);
  for (const { dataId } of [dx, dz, sums]) engine.disposeData(dataId);
  return gradients;
});
