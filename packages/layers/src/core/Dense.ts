import {
  type CallContext,
  type Config,
  dense,
  type InputDtype,
  type InputSpec,
  optionTable,
  type Shape,
  singleShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { knownAxis, positiveInteger } from '../options/checks.js';
import { KernelLayer, type KernelLayerOptions, kernelLayerOptions } from './KernelLayer.js';

/** What {@link Dense} takes. */
export interface DenseOptions extends KernelLayerOptions {
  /** The size of the last axis of the output. */
  readonly units: number;
}

const denseOptions = /* @__PURE__ */ optionTable<DenseOptions, KernelLayerOptions>(
  'Dense',
  { units: 'integer!' },
  { base: kernelLayerOptions, later: { loraRank: '', loraAlpha: '', quantizationConfig: '' } },
);

/**
 * Every output depends on every input: `activation(x · kernel + bias)`, on the last axis; further axes between the
 * batch and it are kept. `(batch, …, in)` becomes `(batch, …, units)`.
 *
 * Parameters: `kernel` `[in, units]`, `bias` `[units]`.
 *
 * @throws ValueError where `units` is not a positive integer or a name is unknown.
 * @throws ShapeError where the input has no feature axis, or one of another size than it was built for.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Dense } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new Dense({ units: 2, kernelInitializer: 'ones', activation: 'relu' });
 * const y = layer.apply(tensor2d([[1, 2], [-3, 1]]), { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '3,3,0,0') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Dense extends KernelLayer {
  readonly className: string = 'Dense';
  /** {@inheritDoc DenseOptions.units} */
  readonly units: number;
  protected override readonly passesMask = true;

  constructor(options: DenseOptions) {
    super(options, denseOptions);
    this.units = positiveInteger(options.units, 'units', 'Dense');
  }

  protected override inputSpec(): InputSpec {
    return this.built ? { minRank: 2, axes: { [-1]: this.kernel.shape[0]! } } : { minRank: 2 };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    const features = knownAxis(singleShape(inputShape, this.label()), -1, this.label());
    this.addKernel([features, this.units]);
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return this.finish(dense(x, this.kernel.value, this.epilogue));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    return [...singleShape(inputShape, this.label()).slice(0, -1), this.units];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), units: this.units };
  }
}
