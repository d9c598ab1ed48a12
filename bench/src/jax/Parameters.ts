import { numpy as np, random } from '@jax-js/jax';

/** Makes parameters in the order in which {@link Reader} hands them out. */
export class Parameters {
  readonly all: np.Array[] = [];

  /** A weight with values as wide as its number of inputs asks for, and a bias of zeros unless `bias` is false. */
  add(shape: number[], inputs: number, bias?: number | false): this {
    this.all.push(random.normal(random.key(this.all.length), shape).mul(Math.sqrt(2 / inputs)));
    if (bias !== false) this.all.push(np.zeros([bias ?? shape.at(-1)!]));
    return this;
  }

  dense(inputs: number, outputs: number): this {
    return this.add([inputs, outputs], inputs);
  }

  conv(channels: number, filters: number, size: number, bias = true): this {
    return this.add([filters, channels, size, size], channels * size * size, bias && filters);
  }

  /** Gain and offset of a normalisation. */
  gain(features: number): this {
    this.all.push(np.ones([features]), np.zeros([features]));
    return this;
  }
}

/** Hands out the parameters one by one. */
export class Reader {
  #next = 0;

  constructor(private readonly all: np.Array[]) {}

  get next(): np.Array {
    return this.all[this.#next++]!;
  }
}
