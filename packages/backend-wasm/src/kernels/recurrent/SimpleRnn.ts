import type { TensorInfo } from '@tensorflow/tfjs-core';
import { requireShape } from '../checks.js';
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
}

/** A whole sequence of steps of a plain recurrent network: the value, and the states that its gradient needs. */
export const simpleRnn = /* @__PURE__ */ defineKernel<SequenceInputs, SimpleRnnAttrs>(
  'SimpleRnn',
  ({ inputs, attrs, engine }) => {
    const s = new Sequence('SimpleRnn', engine, inputs, attrs, 1);
    const { bias, mask, hidden } = inputs;
    if (bias !== undefined) requireShape('SimpleRnn', 'bias', [s.units], bias.shape);
    const after = s.project();
    const [before, value] = [s.perStep(s.wide), s.value(1)];
    const tensors = [mask, hidden, before, value];
    s.run('simpleRnn', (packed) => [s.at(after), packed, ...tensors.map((tensor) => s.at(tensor))]);
    return [value, after, before];
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
    const tensors = [mask, dy, dz, sums, dHidden];
    s.run('simpleRnnGrad', (packed) => [s.at(after), packed, ...tensors.map((tensor) => s.at(tensor))], true);
    const gradients = [
      s.inputGradient(dz),
      s.kernelGradient(inputs.x, dz, s.features),
      s.kernelGradient(before, dz, s.units),
    ];
    if (bias !== undefined) gradients.push(s.biasGradient(sums));
    if (dHidden !== undefined) gradients.push(dHidden);
    for (const { dataId } of [dz, sums]) engine.disposeData(dataId);
    return gradients;
  },
);
