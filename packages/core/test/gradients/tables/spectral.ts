import * as tf from '@tensorflow/tfjs-core';
import { type GradientRow, linear, random } from '../GradientRow.js';

/** Both parts of a complex tensor, weighted so that neither hides the other. */
const parts = (z: tf.Tensor): tf.Tensor => tf.stack([tf.real(z), tf.mul(tf.imag(z), -1.5)]);

type Complex = (...zs: tf.Tensor[]) => tf.Tensor;

/** op, kernel, name, function of complex tensors, their shapes: every operand is made of two real inputs. */
const complex: [op: string, kernel: string, name: string, f: Complex, ...shapes: number[][]][] = [
  ['complex', 'Complex', 'both parts', (z) => parts(z!), [2, 3]],
  ['real', 'Real', 'one part', (z) => tf.real(z!), [2, 3]],
  ['imag', 'Imag', 'one part', (z) => tf.imag(z!), [2, 3]],
  ['add', 'Add', 'complex', (a, b) => parts(tf.add(a!, b!)), [2, 3], [2, 3]],
  ['add', 'Add', 'complex, one operand twice', (a) => parts(tf.add(a!, a!)), [2, 3]],
  ['sub', 'Sub', 'complex', (a, b) => parts(tf.sub(a!, b!)), [2, 3], [2, 3]],
  ['mul', 'Multiply', 'complex', (a, b) => parts(tf.mul(a!, b!)), [2, 3], [2, 3]],
  ['mul', 'Multiply', 'a complex number with itself', (a) => parts(tf.mul(a!, a!)), [2, 3]],
  ['reshape', 'Reshape', 'complex', (z) => parts(tf.reshape(z!, [3, 2])), [2, 3]],
  ['clone', 'Identity', 'complex', (z) => parts(tf.clone(z!)), [2, 3]],
  ['concat', 'Concat', 'complex', (a, b) => parts(tf.concat([a!, b!], 1)), [2, 3], [2, 1]],
  ['transpose', 'Transpose', 'complex', (z) => parts(tf.transpose(z!)), [2, 3]],
  ['cast', 'Cast', 'from complex', (z) => tf.cast(z!, 'float32'), [2, 3]],
  ['zerosLike', 'ZerosLike', 'complex', (z) => parts(tf.add(tf.zerosLike(z!), z!)), [2, 3]],
];

/** Those that tfjs's CPU backend does not do with complex numbers, or gets wrong. */
const onlyOurs: typeof complex = [
  ['add', 'Add', 'complex, broadcast', (a, b) => parts(tf.add(a!, b!)), [2, 3], [3]],
  ['mul', 'Multiply', 'complex, broadcast', (a, b) => parts(tf.mul(a!, b!)), [2, 3], [3]],
  ['slice', 'Slice', 'complex', (z) => parts(tf.slice(z!, [0, 1], [2, 2])), [2, 3]],
  ['gather', 'GatherV2', 'complex', (z) => parts(tf.gather(z!, [1, 0, 1])), [2, 3]],
];

const lengths = [1, 2, 3, 5, 8, 12];
const signal = (length: number): number[] => [2, length];

const made = ([op, kernel, name, f, ...shapes]: (typeof complex)[number]): GradientRow => ({
  op,
  kernel,
  name,
  f: (...inputs) => f(...shapes.map((_, i) => tf.complex(inputs[2 * i]!, inputs[2 * i + 1]!))),
  inputs: () => shapes.flatMap((shape) => [random(shape), random(shape)]),
  // Products of a number with itself are not linear.
  ...(name === 'a complex number with itself' ? {} : linear),
});

export const spectral: GradientRow[] = [
  ...complex.map(made),
  ...onlyOurs.map((row) => ({
    ...made(row),
    lacking: {
      cpu: row[2].includes('broadcast')
        ? 'the kernel of tfjs fills broadcast complex numbers with NaN'
        : 'the kernel of tfjs takes no complex numbers',
    },
  })),
  {
    op: 'cast',
    kernel: 'Cast',
    name: 'to complex',
    f: (x) => parts(tf.mul(tf.cast(x, 'complex64'), tf.complex([1, 2], [3, 4]))),
    inputs: () => [random([2])],
    ...linear,
  },
  {
    op: 'abs',
    kernel: 'ComplexAbs',
    name: 'complex',
    f: (x, y) => tf.abs(tf.complex(x, y!)),
    inputs: () => [random([2, 3], 0.5, 2), random([2, 3], 0.5, 2)],
  },
  ...lengths.flatMap((n): GradientRow[] => [
    made(['fft', 'FFT', `length ${n}`, (z) => parts(tf.fft(z!)), signal(n)]),
    made(['ifft', 'IFFT', `length ${n}`, (z) => parts(tf.ifft(z!)), signal(n)]),
    {
      op: 'rfft',
      kernel: 'FFT',
      name: `length ${n}`,
      f: (x) => parts(tf.spectral.rfft(x)),
      inputs: () => [random(signal(n))],
      ...linear,
    },
    made(['irfft', 'IFFT', `from ${n}`, (z) => tf.spectral.irfft(z!), signal(n)]),
  ]),
  {
    op: 'rfft',
    kernel: 'FFT',
    name: 'padded',
    f: (x) => parts(tf.spectral.rfft(x, 8)),
    inputs: () => [random([2, 5])],
    ...linear,
  },
  {
    op: 'rfft',
    kernel: 'FFT',
    name: 'cropped',
    f: (x) => parts(tf.spectral.rfft(x, 4)),
    inputs: () => [random([2, 7])],
    ...linear,
  },
  {
    op: 'signal.frame',
    kernel: 'Concat',
    name: 'overlapping, padded',
    f: (x) => tf.signal.frame(x as tf.Tensor1D, 4, 3, true, 2),
    inputs: () => [random([11])],
    ...linear,
  },
  {
    op: 'signal.stft',
    kernel: 'FFT',
    name: 'overlapping frames',
    f: (x) => parts(tf.signal.stft(x as tf.Tensor1D, 6, 3, 8)),
    inputs: () => [random([15])],
    ...linear,
  },
  {
    op: 'signal.stft',
    kernel: 'ComplexAbs',
    name: 'magnitudes',
    f: (x) => tf.abs(tf.signal.stft(x as tf.Tensor1D, 8, 4)),
    inputs: () => [random([20])],
    step: 2e-3,
    tolerance: 5e-3,
  },
];
