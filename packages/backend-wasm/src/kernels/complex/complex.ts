import {
  Complex,
  ComplexAbs,
  type ComplexAbsInputs,
  type ComplexInputs,
  Imag,
  type ImagInputs,
  Real,
  type RealInputs,
} from '@tensorflow/tfjs-core';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { copyOf, partsOf } from './parts.js';

/** real + i · imag. The parts are copies: what is later written into a variable must not reach into them. */
export const complex = /* @__PURE__ */ defineKernel<ComplexInputs, object>(
  Complex,
  ({ inputs: { real, imag }, engine }) => {
    const [re, im] = [real, imag].map((part) =>
      part.dtype === 'float32' ? copyOf(engine, part) : castTo(engine, part, 'float32'),
    );
    return engine.makeComplex({ real: re!, imag: im! });
  },
);

export const real = /* @__PURE__ */ defineKernel<RealInputs, object>(Real, ({ inputs: { input }, engine }) =>
  copyOf(engine, input.dtype === 'complex64' ? partsOf(engine, input).real : input),
);

export const imag = /* @__PURE__ */ defineKernel<ImagInputs, object>(Imag, ({ inputs: { input }, engine }) =>
  copyOf(engine, partsOf(engine, input).imag),
);

/** |z|, without the overflow of z's square. */
export const complexAbs = /* @__PURE__ */ defineKernel<ComplexAbsInputs, object>(
  ComplexAbs,
  ({ inputs: { x }, engine }) => {
    const out = engine.makeOutput(x.shape, 'float32');
    const parts = partsOf(engine, x);
    const [re, im, to] = [parts.real, parts.imag, out].map((tensor) => engine.typedArrayFromHeap(tensor));
    for (let i = 0; i < to!.length; i++) to![i] = Math.hypot(re![i]!, im![i]!);
    return out;
  },
);
