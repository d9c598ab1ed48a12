import type { KernelConfig } from '@tensorflow/tfjs-core';
import { batchMatMul } from './BatchMatMul.js';
import { einsum } from './Einsum.js';
import { fusedMatMul } from './FusedMatMul.js';

/** Matrix products: all ours. */
export const matmul: readonly KernelConfig[] = [batchMatMul, einsum, fusedMatMul];
