import type { KernelConfig } from '@tensorflow/tfjs-core';
import { scaledDotProductAttention, scaledDotProductAttentionGrad } from './ScaledDotProductAttention.js';

/** Attention without the matrix of its scores. */
export const attention: readonly KernelConfig[] = [scaledDotProductAttention, scaledDotProductAttentionGrad];
