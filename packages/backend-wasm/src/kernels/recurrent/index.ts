import type { KernelConfig } from '@tensorflow/tfjs-core';
import { lstm, lstmGrad } from './Lstm.js';

/** Recurrent layers over whole sequences: all ours, for the fused operations of core. */
export const recurrent: readonly KernelConfig[] = [lstm, lstmGrad];
