import { gelu, logSoftmax, silu } from '@espalier/core';
import {
  abs,
  add,
  div,
  elu,
  exp,
  leakyRelu,
  mul,
  relu,
  relu6,
  selu,
  sigmoid,
  softmax,
  softplus,
  type Tensor,
  tanh,
} from '@tensorflow/tfjs-core';

/** A function from a tensor to one of the same shape. */
export type ActivationFunction = (x: Tensor) => Tensor;

/**
 * The activation functions that go by a name; all but the two softmaxes work element by element.
 *
 * | name | f(x) |
 * |---|---|
 * | `linear` | x |
 * | `relu` | max(x, 0) |
 * | `relu6` | min(max(x, 0), 6) |
 * | `leakyRelu` | x where x > 0, else 0.2 x |
 * | `elu` | x where x > 0, else e^x - 1 |
 * | `selu` | 1.0507 · (x where x > 0, else 1.6733 (e^x - 1)) (Klambauer et al. 2017, arXiv:1706.02515) |
 * | `gelu` | x · Φ(x) with the exact normal distribution function (Hendrycks and Gimpel 2016, arXiv:1606.08415) |
 * | `silu` | x · sigmoid(x), also called swish |
 * | `mish` | x · tanh(softplus(x)) (Misra 2019, arXiv:1908.08681) |
 * | `sigmoid` | 1 / (1 + e^-x) |
 * | `hardSigmoid` | relu6(x + 3) / 6, as in Keras 3; Keras 2 had clip(0.2 x + 0.5, 0, 1) |
 * | `tanh` | tanh x |
 * | `softplus` | log(1 + e^x) |
 * | `softsign` | x / (1 + abs x) |
 * | `exponential` | e^x |
 * | `softmax` | e^x / Σ e^x over the last axis |
 * | `logSoftmax` | the logarithm of softmax |
 *
 * @example
 * ```ts
 * import { activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { activations } from '@espalier/layers';
 * import { tensor1d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = activations.hardSigmoid(tensor1d([-3, 0, 3])).dataSync();
 * if (y.join() !== '0,0.5,1') throw new Error(`got ${y.join()}`);
 * ```
 */
export const activations = {
  linear: (x) => x,
  relu: (x) => relu(x),
  relu6: (x) => relu6(x),
  leakyRelu: (x) => leakyRelu(x, 0.2),
  elu: (x) => elu(x),
  selu: (x) => selu(x),
  gelu: (x) => gelu(x),
  silu: (x) => silu(x),
  mish: (x) => mul(x, tanh(softplus(x))),
  sigmoid: (x) => sigmoid(x),
  hardSigmoid: (x) => div(relu6(add(x, 3)), 6),
  tanh: (x) => tanh(x),
  softplus: (x) => softplus(x),
  softsign: (x) => div(x, add(abs(x), 1)),
  exponential: (x) => exp(x),
  softmax: (x) => softmax(x),
  logSoftmax: (x) => logSoftmax(x),
} satisfies Record<string, ActivationFunction>;

/** The activations that go by a name; see {@link activations}. */
export type ActivationName = keyof typeof activations;
