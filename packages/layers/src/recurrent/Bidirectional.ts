import {
  type CallContext,
  type Config,
  describeValue,
  type InputDtype,
  type InputSpec,
  joinPath,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type SerializedObject,
  type Shape,
  singleShape,
  ValueError,
} from '@espalier/core';
import { add, cast, concat, expandDims, mul, reverse, type Tensor } from '@tensorflow/tfjs-core';
import { oneOf } from '../options/checks.js';
import { Recurrent } from './Recurrent.js';

const mergeModes = ['concat', 'sum', 'mul', 'ave'] as const;

/** What {@link Bidirectional} takes. */
export interface BidirectionalOptions extends LayerOptions {
  /** Reads forwards; a second layer with the same options, and weights of its own, reads backwards. */
  readonly layer: Layer;
  /** How the two outputs are joined on the last axis. Default `concat`. */
  readonly mergeMode?: (typeof mergeModes)[number];
}

const bidirectionalOptions = /* @__PURE__ */ optionTable<BidirectionalOptions, LayerOptions>(
  'Bidirectional',
  { layer: 'object!', mergeMode: 'string' },
  { base: layerOptions, later: { backwardLayer: '' } },
);

/**
 * Two recurrent layers, one reading from the first time step and one from the last; their outputs joined. With
 * `returnSequences`, the outputs for the same time step come together, and steps that the mask leaves out are 0,
 * as in Keras: the two directions hold different states there.
 * `(batch, time, features)` becomes what the layer gives, with twice the units for `concat`.
 *
 * Parameters: those of the layer, under `forward/` and `backward/`.
 * Source: Schuster and Paliwal 1997.
 *
 * @throws ValueError where the layer is not recurrent, or `mergeMode` is unknown.
 * @throws ShapeError where the input has not three axes, or no time steps.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Bidirectional, LSTM } from '@espalier/layers';
 * import { zeros } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const layer = new Bidirectional({ layer: new LSTM({ units: 4 }) });
 * const y = layer.apply(zeros([2, 5, 3]), { training: false, rng: new Rng(0) });
 * if (y.shape.join() !== '2,8') throw new Error(`got ${y.shape.join()}`);
 * if (!layer.parameters().has('backward/recurrentKernel')) throw new Error('not found');
 * ```
 */
export class Bidirectional extends Layer {
  readonly className = 'Bidirectional';
  /** {@inheritDoc BidirectionalOptions.mergeMode} */
  readonly mergeMode: (typeof mergeModes)[number];
  /** The layer that was given. */
  readonly forward: Recurrent;
  /** Its copy that reads the other way. */
  readonly backward: Recurrent;

  constructor(options: BidirectionalOptions) {
    super(options, bidirectionalOptions);
    this.mergeMode = oneOf(options.mergeMode ?? 'concat', mergeModes, 'mergeMode', 'Bidirectional');
    if (!(options.layer instanceof Recurrent)) {
      throw new ValueError({
        where: 'Bidirectional',
        problem: 'only a recurrent layer reads in a direction',
        got: describeValue(options.layer),
        mend: 'pass an LSTM, a GRU, a SimpleRNN, or a layer of your own that extends Recurrent',
      });
    }
    if (options.layer.returnState) {
      throw new ValueError({
        where: 'Bidirectional',
        problem: 'it gives outputs alone, not the final states of its layers',
        mend: 'make the layer without returnState',
      });
    }
    this.forward = options.layer;
    const Class = options.layer.constructor as new (config: Config) => Recurrent;
    this.backward = new Class({ ...this.forward.getConfig(), goBackwards: !this.forward.goBackwards });
  }

  /** Makes the layer again from its config; `make` makes the layer inside. */
  static fromConfig(config: Config, make: (inner: SerializedObject) => Layer): Bidirectional {
    const { layer, ...rest } = config as Config & { layer: SerializedObject };
    return new Bidirectional({ ...rest, layer: make(layer) });
  }

  protected override inputSpec(): InputSpec {
    return { rank: 3, least: { 1: 1 } };
  }

  protected override build(inputShape: Shape | Shape[]): void {
    for (const segment of ['forward', 'backward'] as const) {
      const layer = this[segment];
      if (layer.path === '') layer.path = joinPath(this.path, segment);
      layer.buildFor(inputShape);
    }
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override call(x: Tensor, ctx: CallContext): Tensor {
    const forward = this.forward.apply(x, ctx);
    const backward = this.backward.apply(x, ctx);
    // Each gives its sequence in its own order of reading.
    const aligned = this.forward.returnSequences ? reverse(backward, 1) : backward;
    const merged = this.merge(forward, aligned);
    if (ctx.mask === undefined || !this.forward.returnSequences) return merged;
    return mul(merged, expandDims(cast(ctx.mask, 'float32'), -1));
  }

  override computeMask(inputs: Tensor | Tensor[], mask: Tensor | undefined): Tensor | undefined {
    return this.forward.computeMask(inputs, mask);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shape = this.forward.computeOutputShape(singleShape(inputShape, this.label())) as Shape;
    return this.mergeMode === 'concat' ? [...shape.slice(0, -1), 2 * this.forward.units] : shape;
  }

  override getConfig(): Config {
    return { ...super.getConfig(), layer: this.forward.serialize(), mergeMode: this.mergeMode };
  }

  private merge(forward: Tensor, backward: Tensor): Tensor {
    switch (this.mergeMode) {
      case 'concat':
        return concat([forward, backward], -1);
      case 'sum':
        return add(forward, backward);
      case 'mul':
        return mul(forward, backward);
      case 'ave':
        return mul(add(forward, backward), 0.5);
    }
  }
}
