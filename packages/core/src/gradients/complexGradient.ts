import { engine, type Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { clone, run, zeros } from './kernels.js';

/**
 * The gradient real + i · imag of a complex tensor.
 *
 * The tape of tfjs-core refuses gradients whose dtype is not float32, though it has no other use for it: it adds them up
 * with the Add kernel, which takes complex numbers. So this tensor says float32 outside of kernels and complex64 to them.
 */
export function complexGradient(real: Tensor, imag: Tensor): Tensor {
  const { dataId, shape } = run('Complex', { real, imag });
  const { state, backend } = engine();
  backend.incRef(dataId);
  const gradient = engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' });
  return Object.defineProperty(gradient, 'dtype', { get: () => (state.kernelDepth > 0 ? 'complex64' : 'float32') });
}

/** Whether a gradient is complex: one of the above, or a sum of such. */
const isComplex = (dy: Tensor): boolean =>
  dy.dtype === 'complex64' || Object.getOwnPropertyDescriptor(dy, 'dtype')?.get !== undefined;

/** The parts of a gradient of a complex tensor. It is real where it is zero: nobody asked for what the tensor led to. */
export const realPart = (dy: Tensor): Tensor => (isComplex(dy) ? run('Real', { input: dy }) : clone(dy));
export const imagPart = (dy: Tensor): Tensor => (isComplex(dy) ? run('Imag', { input: dy }) : zeros(dy.shape));

/**
 * The gradient, made to take a complex `dy` too: it is done with both parts. That is right for kernels that are linear
 * with real coefficients; the others in `complex.ts` come with rules of their own.
 */
export const byParts = (gradient: Gradient): Gradient =>
  // Not spread: `inputsToSave` may be a getter.
  Object.create(gradient, {
    gradFunc: {
      value(dy: Tensor | Tensor[], saved: Tensor[], attrs: object): Record<string, () => Tensor> {
        if (Array.isArray(dy) || !isComplex(dy) || gradient.takesComplex) return gradient.gradFunc(dy, saved, attrs);
        const real = gradient.gradFunc(realPart(dy), saved, attrs);
        const imag = gradient.gradFunc(imagPart(dy), saved, attrs);
        return Object.fromEntries(
          Object.keys(real).map((name) => [name, () => complexGradient(real[name]!(), imag[name]!())]),
        );
      },
    },
  });
