import type { TensorInfo } from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { Sequence, type SequenceAttrs, type SequenceInputs } from './Sequence.js';

interface SimpleRnnAttrs extends SequenceAttrs {
  readonly activation: 'tanh' | 'relu';
}

interface SimpleRnnGradInputs extends SequenceInputs {
  readonly dy: TensorInfo;
  /** The state after every step. */
  readonly kept0: TensorInfo;
  /** The state before every step. */
  readonly kept1: TensorInfo;
  /** The rows of x with time first, where they are not x. */
  readonly kept2?: TensorInfo;
  /** Which row each place has, where rows repeat. */
  readonly kept3?: TensorInfo;
}

/** A whole sequence of steps of a plain recurrent network: the value, and the states that its gradient needs. */
export const simpleRnn = /* @__PURE__ */ defineKernel<SequenceInputs, SimpleRnnAttrs>(
  'SimpleRnn',
  ({ inputs, attrs, engine }) => {
    const s = new Sequence('SimpleRnn', engine, inputs, attrs, 1);
    const { mask, hidden } = inputs;
    const source = s.read();
    const projected = s.project(source);
    const after = s.gatesFrom(projected, source);
    const [before, value] = [s.perStep(s.wide), s.value(1)];
    s.run('simpleRnn', [projected, source.index, after, mask, hidden, before, value]);
    if (after !== projected) engine.disposeData(projected.dataId);
    return [value, after, before, ...s.kept(source)];
  },
);

/** Its gradient, back through time: for x, kernel, recurrentKernel, then bias and hidden where there are such. */
export const simpleRnnGrad = /* @__PURE__ */ defineKernel<SimpleRnnGradInputs, SimpleRnnAttrs>(
  'SimpleRnnGrad',
  ({ inputs, attrs, engine }) => {
    const s = new Sequence('SimpleRnnGrad', engine, inputs, attrs, 1);
    const { bias, mask, hidden, dy, kept0: after, kept1: before } = inputs;
    const dz = s.perStep(s.wide);
    const sums = engine.makeOutput([s.blocks, s.wide], 'float32');
    const dHidden = hidden && engine.makeOutput(hidden.shape, 'float32');
    s.run('simpleRnnGrad', [after, mask, dy, dz, sums, dHidden], true);
    const rows = s.rowsKept(inputs.kept2, inputs.kept3);
    const gradients = [s.inputGradient(dz), s.kernelGradient(dz, rows), s.recurrentGradient(dz, before)];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    for (const { dataId } of [dz, sums]) engine.disposeData(dataId);
    return gradients;
  },
);
