import { gelu, logSoftmax, ShapeError, silu } from '@espalier/core';
import {
  abs,
  add,
  cast,
  type DataType,
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
  tidy,
} from '@tensorflow/tfjs-core';

/** A function from a tensor to one of the same shape. */
export type ActivationFunction = (x: Tensor) => Tensor;

/**
 * The activation functions that go by a name; all but the two softmaxes work element by element. They compute in float32
 * whatever numbers they are given; `linear` gives its input, and `relu` and `relu6` of int32 are int32, as in Keras.
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
  relu: (x) => (x.dtype === 'int32' ? relu(x) : inFloat32(relu, x)),
  relu6: (x) => (x.dtype === 'int32' ? relu6(x) : inFloat32(relu6, x)),
  leakyRelu: (x) => inFloat32((y) => leakyRelu(y, 0.2), x),
  elu: (x) => inFloat32(elu, x),
  selu: (x) => inFloat32(selu, x),
  gelu: (x) => inFloat32(gelu, x),
  silu: (x) => inFloat32(silu, x),
  mish: (x) => inFloat32((y) => tidy(() => mul(y, tanh(softplus(y)))), x),
  sigmoid: (x) => inFloat32(sigmoid, x),
  hardSigmoid: (x) => inFloat32((y) => tidy(() => div(relu6(add(y, 3)), 6)), x),
  tanh: (x) => inFloat32(tanh, x),
  softplus: (x) => inFloat32(softplus, x),
  softsign: (x) => inFloat32((y) => tidy(() => div(y, add(abs(y), 1))), x),
  exponential: (x) => inFloat32(exp, x),
  softmax: (x) => inFloat32(softmax, withAxis(x, 'softmax')),
  logSoftmax: (x) => inFloat32(logSoftmax, withAxis(x, 'logSoftmax')),
} satisfies Record<string, ActivationFunction>;

/** The activations that go by a name; see {@link activations}. */
export type ActivationName = keyof typeof activations;

/** The dtype of what the activation gives; functions of users are taken to compute in float32. */
export function activatedDtype(activation: ActivationName | ActivationFunction, inputDtype: DataType): DataType {
  if (activation === 'linear') return inputDtype;
  return inputDtype === 'int32' && (activation === 'relu' || activation === 'relu6') ? 'int32' : 'float32';
}

/** @throws ShapeError for a single number, which has no last axis. */
function withAxis(x: Tensor, where: string): Tensor {
  if (x.rank > 0) return x;
  throw new ShapeError({
    where,
    problem: 'there is no axis to sum over',
    expected: 'at least one axis',
    got: 'a scalar',
  });
}

/** tfjs computes some of them in integers where it is given some, and refuses others. */
function inFloat32(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  return x.dtype === 'float32' ? f(x) : tidy(() => f(cast(x, 'float32')));
}
