import { add, matMul, mul, sigmoid, split, type Tensor, type Tensor2D, tanh } from '@tensorflow/tfjs-core';
import { readSequence, type SequenceActivation, type SequenceOptions, type SequenceResult } from './sequence.js';

/** What {@link lstm} takes. `initialState` is h and c. */
export interface LstmOptions extends SequenceOptions {
  /** Of the candidate and of the output. Default tanh; another takes the slower way of many operations. */
  readonly activation?: SequenceActivation | undefined;
  /** Of the gates. Default sigmoid; another takes the slower way of many operations. */
  readonly recurrentActivation?: SequenceActivation | undefined;
}

/**
 * Long short-term memory over whole sequences: one kernel forwards and one backwards on backends that have them.
 *
 * ```text
 * i, f, o = sigmoid(x · kernel + h · recurrentKernel + bias)      (their parts, in the order i, f, g, o)
 * g       = tanh(x · kernel + h · recurrentKernel + bias)         (its part)
 * c       = f · c + i · g
 * h       = o · tanh(c)
 * ```
 *
 * `x` is `[batch, time, features]`, `kernel` `[features, 4 · units]`, `recurrentKernel` `[units, 4 · units]`, `bias`
 * `[4 · units]`; the output is `[batch, units]` or `[batch, time, units]`, the state h and c, `[batch, units]` each.
 * Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
 *
 * @throws ShapeError where shapes do not fit; BackendError from the kernel where a dtype does not.
 *
 * @example
 * ```ts
 * import { lstm, activateBackend } from '@espalier/core';
 * import { wasm } from '@espalier/backend-wasm';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(wasm());
 * const [x, kernel, recurrentKernel] = [ones([2, 5, 3]), ones([3, 16]), ones([4, 16])];
 * const { output, state } = lstm({ x, kernel, recurrentKernel, returnState: true });
 * if (output.shape.join() !== '2,4' || state.length !== 2) throw new Error(`got ${output.shape.join()}`);
 * ```
 */
export function lstm(options: LstmOptions): SequenceResult {
  const { recurrentKernel, bias, activation = tanh, recurrentActivation = sigmoid } = options;
  const usual = options.activation === undefined && options.recurrentActivation === undefined;
  return readSequence(options, {
    where: 'lstm',
    kernel: usual ? 'Lstm' : undefined,
    states: ['hidden', 'cell'],
    biasShape: [4 * recurrentKernel.shape[0]!],
    composed: () => ({
      inputBias: bias,
      step(projected, [hidden, cell]) {
        const z = add(projected, matMul(hidden as Tensor2D, recurrentKernel as Tensor2D));
        const [i, f, g, o] = split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
        const nextCell = add(mul(recurrentActivation(f), cell!), mul(recurrentActivation(i), activation(g)));
        return [mul(recurrentActivation(o), activation(nextCell)), nextCell];
      },
    }),
  });
}
