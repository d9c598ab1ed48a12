import type { KernelConfig } from '@tensorflow/tfjs-core';
import { gru, gruGrad } from './Gru.js';
import { lstm, lstmGrad } from './Lstm.js';
import { simpleRnn, simpleRnnGrad } from './SimpleRnn.js';

/** Recurrent layers over whole sequences: all ours, for the fused operations of core. */
export const recurrent: readonly KernelConfig[] = [lstm, lstmGrad, gru, gruGrad, simpleRnn, simpleRnnGrad];
