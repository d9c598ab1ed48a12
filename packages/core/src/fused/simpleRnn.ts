import { add, matMul, relu, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import { readSequence, type SequenceActivation, type SequenceOptions, type SequenceResult } from './sequence.js';

/** What {@link simpleRnn} takes. `initialState` is h alone. */
export interface SimpleRnnOptions extends SequenceOptions {
  /** Default `tanh`; a function takes the slower way of many operations. */
  readonly activation?: 'tanh' | 'relu' | SequenceActivation;
}

const functions: Readonly<Record<'tanh' | 'relu', SequenceActivation>> = { tanh, relu };

/**
 * A plain recurrent network over whole sequences: one kernel forwards and one backwards on backends that have them.
 *
 * ```text
 * h = activation(x · kernel + h · recurrentKernel + bias)
 * ```
 *
 * `x` is `[batch, time, features]`, `kernel` `[features, units]`, `recurrentKernel` `[units, units]`, `bias` `[units]`; the
 * output is `[batch, units]` or `[batch, time, units]`, the state h.
 * Source: Elman 1990.
 *
 * @throws ShapeError where shapes do not fit; BackendError from the kernel where a dtype does not.
 *
 * @example
 * ```ts
 * import { simpleRnn, activateBackend } from '@espalier/core';
 * import { wasm } from '@espalier/backend-wasm';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(wasm());
 * const { output } = simpleRnn({ x: ones([2, 5, 3]), kernel: ones([3, 4]), recurrentKernel: ones([4, 4]) });
 * if (output.shape.join() !== '2,4') throw new Error(`got ${output.shape.join()}`);
 * ```
 */
export function simpleRnn(options: SimpleRnnOptions): SequenceResult {
  const { recurrentKernel, bias, activation = 'tanh' } = options;
  const named = typeof activation === 'string';
  const activate = named ? functions[activation] : activation;
  return readSequence(options, {
    where: 'simpleRnn',
    kernel: named ? 'SimpleRnn' : undefined,
    attrs: { activation },
    states: ['hidden'],
    biasShape: recurrentKernel.shape.slice(0, 1),
    composed: () => ({
      inputBias: bias,
      step: (projected, [h]) => [activate(add(projected, matMul(h as Tensor2D, recurrentKernel as Tensor2D)))],
    }),
  });
}
