import {
  add,
  matMul,
  mul,
  sigmoid,
  split,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
  unstack,
} from '@tensorflow/tfjs-core';
import { readSequence, type SequenceActivation, type SequenceOptions, type SequenceResult } from './sequence.js';

/** What {@link gru} takes. `initialState` is h alone. */
export interface GruOptions extends SequenceOptions {
  /**
   * Whether the reset gate acts after the product with the recurrent kernel, as in cuDNN and PyTorch (default), or before
   * it, as in the paper.
   */
  readonly resetAfter?: boolean;
  /** Of the candidate. Default tanh; another takes the slower way of many operations. */
  readonly activation?: SequenceActivation | undefined;
  /** Of the gates. Default sigmoid; another takes the slower way of many operations. */
  readonly recurrentActivation?: SequenceActivation | undefined;
}

/**
 * Gated recurrent units over whole sequences: one kernel forwards and one backwards on backends that have them.
 *
 * ```text
 * z, r = sigmoid(x · kernel + bias + h · recurrentKernel + recurrentBias)          (their parts, in the order z, r, g)
 * g    = tanh(x · kernel + bias + r · (h · recurrentKernel + recurrentBias))       with resetAfter
 * g    = tanh(x · kernel + bias + (r · h) · recurrentKernel)                       without
 * h    = z · h + (1 - z) · g
 * ```
 *
 * `x` is `[batch, time, features]`, `kernel` `[features, 3 · units]`, `recurrentKernel` `[units, 3 · units]`, `bias`
 * `[2, 3 · units]` (that of the input, then the recurrent one), or `[3 · units]` without `resetAfter`; the output is
 * `[batch, units]` or `[batch, time, units]`, the state h.
 * Source: Cho et al. 2014, arXiv:1406.1078.
 *
 * @throws ShapeError where shapes do not fit; BackendError from the kernel where a dtype does not.
 *
 * @example
 * ```ts
 * import { gru, activateBackend } from '@espalier/core';
 * import { wasm } from '@espalier/backend-wasm';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(wasm());
 * const [x, kernel, recurrentKernel] = [ones([2, 5, 3]), ones([3, 12]), ones([4, 12])];
 * const { output } = gru({ x, kernel, recurrentKernel, bias: ones([2, 12]), returnSequences: true });
 * if (output.shape.join() !== '2,5,4') throw new Error(`got ${output.shape.join()}`);
 * ```
 */
export function gru(options: GruOptions): SequenceResult {
  const { resetAfter = true, bias, activation = tanh, recurrentActivation = sigmoid } = options;
  const usual = options.activation === undefined && options.recurrentActivation === undefined;
  const recurrentKernel = options.recurrentKernel as Tensor2D;
  const units = recurrentKernel.shape[0];
  const gatesOf = (x: Tensor, inner: Tensor) => split(recurrentActivation(add(x, inner)), 2, 1) as [Tensor, Tensor];
  const mix = (z: Tensor, h: Tensor, g: Tensor) => add(mul(z, h), mul(sub(1, z), g));

  const after =
    (recurrentBias: Tensor | undefined) =>
    (projected: Tensor, [h]: readonly Tensor[]) => {
      const product = matMul(h as Tensor2D, recurrentKernel);
      const inner = recurrentBias === undefined ? product : add(product, recurrentBias);
      const [xGates, xCandidate] = split(projected, [2 * units, units], 1) as [Tensor, Tensor];
      const [innerGates, innerCandidate] = split(inner, [2 * units, units], 1) as [Tensor, Tensor];
      const [z, r] = gatesOf(xGates, innerGates);
      return [mix(z, h!, activation(add(xCandidate, mul(r, innerCandidate))))];
    };
  const before = (projected: Tensor, [h]: readonly Tensor[]) => {
    const [gateKernel, candidateKernel] = split(recurrentKernel, [2 * units, units], 1) as [Tensor2D, Tensor2D];
    const [xGates, xCandidate] = split(projected, [2 * units, units], 1) as [Tensor, Tensor];
    const [z, r] = gatesOf(xGates, matMul(h as Tensor2D, gateKernel));
    const inner = matMul(mul(r, h!) as Tensor2D, candidateKernel);
    return [mix(z, h!, activation(add(xCandidate, inner)))];
  };
  return readSequence(options, {
    where: 'gru',
    kernel: usual ? 'Gru' : undefined,
    attrs: { resetAfter },
    states: ['hidden'],
    biasShape: [...(resetAfter ? [2] : []), 3 * units],
    composed() {
      if (!resetAfter) return { inputBias: bias, step: before };
      const [inputBias, recurrentBias] = bias === undefined ? [] : unstack(bias);
      return { inputBias, step: after(recurrentBias) };
    },
  });
}
