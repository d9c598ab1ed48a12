import type { KernelConfig } from '@tensorflow/tfjs-core';
import { complex, complexAbs, imag, real } from './complex.js';
import { fft, ifft } from './fourier.js';

/** Making complex tensors, taking them apart, and Fourier transforms: all ours. */
export const complexNumbers: readonly KernelConfig[] = [complex, complexAbs, real, imag, fft, ifft];
