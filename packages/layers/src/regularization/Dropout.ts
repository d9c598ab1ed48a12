import {
  type CallContext,
  type Config,
  dropout,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { inRange } from '../options/checks.js';

/** What {@link Dropout} takes. */
export interface DropoutOptions extends LayerOptions {
  /** The probability that an element is dropped, in [0, 1). */
  readonly rate: number;
}

const dropoutOptions = /* @__PURE__ */ optionTable<DropoutOptions, LayerOptions>(
  'Dropout',
  { rate: 'number!' },
  {
    base: layerOptions,
    later: { noiseShape: '', seed: 'the seed of the model decides', dropout: 'it is called rate' },
  },
);

/**
 * In training, sets each element to 0 with probability `rate` and multiplies the rest by `1 / (1 - rate)`, so that the
 * mean stays; else the values pass unchanged. The output is float32, in both. Which elements is decided by the call's random stream.
 * Source: Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
 *
 * @throws ValueError where `rate` is outside [0, 1).
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Dropout } from '@espalier/layers';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new Dropout({ rate: 0.5 });
 * const y = layer.apply(ones([1000]), { training: true, rng: new Rng(1) }).dataSync();
 * if (!y.every((value) => value === 0 || value === 2)) throw new Error('not scaled');
 * const same = layer.apply(ones([3]), { training: false, rng: new Rng(1) }).dataSync();
 * if (same.join() !== '1,1,1') throw new Error('dropped outside of training');
 * ```
 */
export class Dropout extends Layer {
  readonly className = 'Dropout';
  /** {@inheritDoc DropoutOptions.rate} */
  readonly rate: number;
  protected override readonly passesMask = true;

  constructor(options: DropoutOptions) {
    super(options, dropoutOptions);
    this.rate = inRange(options.rate, 0, 1, 'rate', 'Dropout');
  }

  protected override inputSpec() {
    return {};
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, ctx: CallContext): Tensor {
    if (!ctx.training || this.rate === 0) return x.clone();
    return dropout(x, { rate: this.rate, seed: [ctx.rng.next(), ctx.rng.next()] });
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return singleShape(inputShape, this.label());
  }

  override getConfig(): Config {
    return { ...super.getConfig(), rate: this.rate };
  }
}
