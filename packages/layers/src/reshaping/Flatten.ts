import {
  type CallContext,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import { reshape, type Tensor } from '@tensorflow/tfjs-core';

const flattenOptions = /* @__PURE__ */ optionTable<LayerOptions, LayerOptions>(
  'Flatten',
  {},
  { base: layerOptions, later: { dataFormat: 'channels come last, always' } },
);

/**
 * All axes but the batch as one: `(batch, a, b, …)` becomes `(batch, a · b · …)`.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Flatten } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new Flatten().apply(zeros([2, 3, 4]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '2,12') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class Flatten extends Layer {
  readonly className = 'Flatten';

  constructor(options: LayerOptions = {}) {
    super(options, flattenOptions);
  }

  protected override inputSpec() {
    return { minRank: 1 };
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    // The size is spelt out because -1 cannot be solved for an empty batch.
    return reshape(x, [x.shape[0]!, x.shape.slice(1).reduce((product, size) => product * size, 1)]);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, ...rest] = singleShape(inputShape, this.label());
    return [batch, rest.reduce((product, size) => (product === null || size === null ? null : product * size), 1)];
  }
}
