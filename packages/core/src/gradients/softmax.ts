import { engine, getBackend, getKernel } from '@tensorflow/tfjs-core';
import { type Derivative, derivedFromOutput } from './elementwise.js';
import type { Gradient } from './Gradient.js';
import { exp, mul, run, sub, sum } from './kernels.js';

const fromOutput: Record<string, Derivative> = {
  Softmax(dy, y, { dim }: { dim: number }) {
    // The kernel has no gradient of its own: where this is differentiated again, only operations will do.
    const once = engine().state.gradientDepth === 0;
    if (once && getKernel('SoftmaxGrad', getBackend()) !== undefined) return run('SoftmaxGrad', { dy, y });
    const weighted = mul(dy, y);
    return sub(weighted, mul(sum(weighted, [dim], true), y));
  },
  LogSoftmax: (dy, y, { axis }: { axis: number }) => sub(dy, mul(sum(dy, [axis], true), exp(y))),
};

/** Softmax and its logarithm, from their outputs alone. */
export const softmax = (): Gradient[] => derivedFromOutput(fromOutput, 'logits');
