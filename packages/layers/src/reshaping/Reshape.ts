import {
  type CallContext,
  type Config,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  ShapeError,
  showShape,
  singleShape,
  ValueError,
} from '@espalier/core';
import { reshape, type Tensor } from '@tensorflow/tfjs-core';

/** What {@link Reshape} takes. */
export interface ReshapeOptions extends LayerOptions {
  /** The shape of one example of the output, without the batch axis; one axis may be -1, "what is left". */
  readonly targetShape: readonly number[];
}

const reshapeOptions = /* @__PURE__ */ optionTable<ReshapeOptions, LayerOptions>(
  'Reshape',
  { targetShape: 'list!' },
  { base: layerOptions },
);

/**
 * Gives each example another shape with the same elements in the same order: `(batch, …)` becomes
 * `(batch, …targetShape)`.
 *
 * @throws ValueError where an axis is not positive, or more than one is -1.
 * @throws ShapeError where the numbers of elements differ.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Reshape } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new Reshape({ targetShape: [-1, 2] }).apply(zeros([5, 6]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '5,3,2') throw new Error(`got ${y.shape.join()}`);
 * ```
 */
export class Reshape extends Layer {
  readonly className = 'Reshape';
  /** {@inheritDoc ReshapeOptions.targetShape} */
  readonly targetShape: readonly number[];

  constructor(options: ReshapeOptions) {
    super(options, reshapeOptions);
    this.targetShape = [...options.targetShape];
    const open = this.targetShape.filter((size) => size === -1).length;
    if (open > 1 || this.targetShape.some((size) => size !== -1 && !(Number.isInteger(size) && size > 0))) {
      throw new ValueError({
        where: 'Reshape',
        problem: 'targetShape must hold positive integers, and -1 at most once',
        got: `[${this.targetShape.join(', ')}]`,
      });
    }
  }

  protected override inputSpec() {
    return { minRank: 1 };
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(x: Tensor, _ctx: CallContext): Tensor {
    return reshape(x, this.computeOutputShape(x.shape) as number[]);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, ...rest] = singleShape(inputShape, this.label());
    const known = this.targetShape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const open = this.targetShape.includes(-1);
    if (rest.includes(null)) return [batch, ...this.targetShape.map((size) => (size === -1 ? null : size))];
    const elements = rest.reduce<number>((product, size) => product * (size as number), 1);
    if (open ? elements % known !== 0 : elements !== known) {
      throw new ShapeError({
        where: this.label(),
        problem: `${elements} elements do not fit the target shape`,
        expected: `(${['batch', ...this.targetShape].join(', ')})`,
        got: showShape([batch, ...rest]),
      });
    }
    return [batch, ...this.targetShape.map((size) => (size === -1 ? elements / known : size))];
  }

  override getConfig(): Config {
    return { ...super.getConfig(), targetShape: this.targetShape };
  }
}
