import {
  activationGradients,
  biasActivationGradients,
  binaryGradients,
  complexGradients,
  convolutionGradients,
  cuttingGradients,
  einsumGradients,
  indexingGradients,
  matMulGradients,
  normalizationGradients,
  poolingGradients,
  reductionGradients,
  resizingGradients,
  samplingGradients,
  scanGradients,
  shapingGradients,
  softmaxGradients,
  sparseGradients,
  unaryGradients,
} from '@espalier/core';
import { attention } from './kernels/attention/index.js';
import { complexNumbers } from './kernels/complex/index.js';
import { withComplex } from './kernels/complex/withComplex.js';
import { convolution } from './kernels/convolution/index.js';
import { elementwise } from './kernels/elementwise/index.js';
import { image } from './kernels/image/index.js';
import { indexing } from './kernels/indexing/index.js';
import { losses } from './kernels/losses/index.js';
import { matmul } from './kernels/matmul/index.js';
import { normalization } from './kernels/normalization/index.js';
import { pooling } from './kernels/pooling/index.js';
import { recurrent } from './kernels/recurrent/index.js';
import { reductions } from './kernels/reductions/index.js';
import type { KernelFamily } from './kernels/registerKernels.js';
import { shaping } from './kernels/shaping/index.js';
import { sparse } from './kernels/sparse/index.js';
import { training } from './kernels/training/index.js';

/** Scaled dot-product attention. */
export const attentionKernels: KernelFamily = { kernels: attention };
/** Complex numbers and Fourier transforms; with it kernels of other families take complex tensors too. */
export const complexKernels: KernelFamily = {
  kernels: complexNumbers,
  around: withComplex,
  gradients: [complexGradients],
};
/** Convolutions in one to three dimensions, depthwise ones, dilation, and their gradients. */
export const convolutionKernels: KernelFamily = {
  kernels: convolution,
  gradients: [biasActivationGradients, convolutionGradients, poolingGradients],
};
/** Functions of one or two elements: arithmetic, comparisons, activations. */
export const elementwiseKernels: KernelFamily = {
  kernels: elementwise,
  gradients: [activationGradients, binaryGradients, indexingGradients, shapingGradients, unaryGradients],
};
/** Resizing, cropping, rotating and non-maximum suppression. */
export const imageKernels: KernelFamily = {
  kernels: image,
  gradients: [resizingGradients, samplingGradients, shapingGradients],
};
/** Slices, gathers and scatters: embeddings need them. */
export const indexingKernels: KernelFamily = {
  kernels: indexing,
  gradients: [indexingGradients, cuttingGradients],
};
/** Crossentropies. */
export const lossKernels: KernelFamily = { kernels: losses };
/** Matrix products: dense layers need them. */
export const matmulKernels: KernelFamily = {
  kernels: matmul,
  gradients: [matMulGradients, einsumGradients, biasActivationGradients],
};
/** Softmax, and batch, layer, group and RMS normalisation. */
export const normalizationKernels: KernelFamily = {
  kernels: normalization,
  gradients: [normalizationGradients, softmaxGradients],
};
/** Maximum and average pooling. */
export const poolingKernels: KernelFamily = {
  kernels: pooling,
  gradients: [poolingGradients],
};
/** LSTM, GRU and the plain recurrent network over whole sequences. */
export const recurrentKernels: KernelFamily = { kernels: recurrent };
/** Sums, means, extremes and their positions. */
export const reductionKernels: KernelFamily = {
  kernels: reductions,
  gradients: [indexingGradients, reductionGradients, scanGradients, sparseGradients],
};
/** Making tensors, and changing their shape or order. */
export const shapingKernels: KernelFamily = {
  kernels: shaping,
  gradients: [cuttingGradients, shapingGradients, unaryGradients],
};
/** Sparse tensors and strings. */
export const sparseKernels: KernelFamily = {
  kernels: sparse,
  gradients: [sparseGradients],
};
/** Optimizer updates, clipping by the global norm, and dropout. */
export const trainingKernels: KernelFamily = { kernels: training };

/** Every family: what `wasm` registers. */
export const ALL_FAMILIES: readonly KernelFamily[] = [
  attentionKernels,
  complexKernels,
  convolutionKernels,
  elementwiseKernels,
  imageKernels,
  indexingKernels,
  lossKernels,
  matmulKernels,
  normalizationKernels,
  poolingKernels,
  recurrentKernels,
  reductionKernels,
  shapingKernels,
  sparseKernels,
  trainingKernels,
];
