import { matMul, mul, reshape, softmax, type Tensor, transpose } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

const { layers } = tfl;
type Node = tfl.SymbolicTensor;

/** softmax(q kᵀ / √size) v in each head: tfjs-layers has no attention, so this is what its user would write. */
class Attention extends tfl.layers.Layer {
  static readonly className = 'Attention';
  readonly #heads: number;

  constructor(heads: number) {
    super({});
    this.#heads = heads;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [q, k, v] = (inputs as Tensor[]).map((x) => this.#split(x)) as [Tensor, Tensor, Tensor];
    const size = q.shape.at(-1)!;
    const weights = softmax(mul(matMul(q, k, false, true), 1 / Math.sqrt(size)));
    return reshape(transpose(matMul(weights, v), [0, 2, 1, 3]), (inputs as Tensor[])[0]!.shape);
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return inputShape[0] as tfl.Shape;
  }

  #split(x: Tensor): Tensor {
    const [batch, length, features] = x.shape as [number, number, number];
    return transpose(reshape(x, [batch, length, this.#heads, features / this.#heads]), [0, 2, 1, 3]);
  }
}

const dense = (x: Node, units: number, activation: 'gelu' | 'linear' = 'linear') =>
  layers.dense({ units, activation }).apply(x) as Node;
const joined = (x: Node, y: Node) => layers.layerNormalization().apply(layers.add().apply([x, y])) as Node;

/** One block of a transformer's encoder and a head that classifies. */
export function transformer(): tfl.LayersModel {
  const x = tfl.input({ shape: [128, 128] });
  const heads = new Attention(4).apply([dense(x, 128), dense(x, 128), dense(x, 128)]) as Node;
  const seen = joined(x, dense(heads, 128));
  const encoded = joined(seen, dense(dense(seen, 512, 'gelu'), 128));
  const mean = layers.globalAveragePooling1d({}).apply(encoded) as Node;
  const outputs = layers.dense({ units: 10, activation: 'softmax' }).apply(mean) as Node;
  return tfl.model({ inputs: x, outputs });
}
