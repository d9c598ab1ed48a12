import type { Tensor } from '@tensorflow/tfjs-core';
import { complexGradient, imagPart, realPart } from './complexGradient.js';
import type { Gradient } from './Gradient.js';
import { add, div, mul, run, sub, where, zeros } from './kernels.js';
import { unbroadcast } from './shapes.js';

const real = (input: Tensor): Tensor => run('Real', { input });
const imag = (input: Tensor): Tensor => run('Imag', { input });

/** The transform of a gradient by `kernel`, times a number. */
function transformed(kernel: string, dy: Tensor, factor: number): Tensor {
  const input = run('Complex', { real: realPart(dy), imag: imagPart(dy) });
  const out = run(kernel, { input });
  return complexGradient(mul(real(out), factor), mul(imag(out), factor));
}

/** The length of the last axis. */
const length = (x: Tensor): number => x.shape[x.rank - 1]!;

/** dy · conj(other), summed down to the shape of the operand: the gradient of a product of complex numbers. */
function timesConjugate(dy: Tensor, other: Tensor, shape: readonly number[]): Tensor {
  const [x, y, c, d] = [realPart(dy), imagPart(dy), real(other), imag(other)];
  return complexGradient(unbroadcast(add(mul(x, c), mul(y, d)), shape), unbroadcast(sub(mul(y, c), mul(x, d)), shape));
}

/** Complex numbers and Fourier transforms; for a real loss L the gradient of z is ∂L/∂Re z + i ∂L/∂Im z. */
export const complexNumbers = (): Gradient[] => [
  {
    kernelName: 'Complex',
    takesComplex: true,
    gradFunc: (dz: Tensor) => ({ real: () => realPart(dz), imag: () => imagPart(dz) }),
  },
  {
    kernelName: 'Real',
    gradFunc: (dy: Tensor) => ({ input: () => complexGradient(dy, zeros(dy.shape)) }),
  },
  {
    kernelName: 'Imag',
    gradFunc: (dy: Tensor) => ({ input: () => complexGradient(zeros(dy.shape), dy) }),
  },
  {
    // d|z| is along z / |z|; at 0, where there is no direction, 0.
    kernelName: 'ComplexAbs',
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor]) => ({
      x: () => {
        const size = run('ComplexAbs', { x });
        const slope = div(dy, add(size, where('Equal', size, 0)));
        return complexGradient(mul(slope, real(x)), mul(slope, imag(x)));
      },
    }),
  },
  // The adjoint of the transform is the inverse one without its factor 1 / n.
  {
    kernelName: 'FFT',
    takesComplex: true,
    gradFunc: (dy: Tensor) => ({ input: () => transformed('IFFT', dy, length(dy)) }),
  },
  {
    kernelName: 'IFFT',
    takesComplex: true,
    gradFunc: (dy: Tensor) => ({ input: () => transformed('FFT', dy, 1 / length(dy)) }),
  },
];

/** The gradients of a product whose operands are complex. */
export const complexProduct = (dy: Tensor, a: Tensor, b: Tensor): Record<string, () => Tensor> => ({
  a: () => timesConjugate(dy, b, a.shape),
  b: () => timesConjugate(dy, a, b.shape),
});

/** The gradient of a cast from or to complex numbers. */
export function complexCast(dy: Tensor, x: Tensor, dtype: string): Tensor {
  if (x.dtype !== 'complex64') return realPart(dy);
  const constant = dtype === 'int32' || dtype === 'bool';
  return complexGradient(
    constant ? zeros(dy.shape) : realPart(dy),
    dtype === 'complex64' ? imagPart(dy) : zeros(dy.shape),
  );
}
