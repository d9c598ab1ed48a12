import { type Config, type InputSpec, Layer, type LayerOptions, type Shape, singleShape } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { positiveInteger } from '../options/checks.js';

/** The options that every recurrent layer takes. */
export interface RecurrentOptions extends LayerOptions {
  /** The size of the state and of the last axis of the output. */
  readonly units: number;
  /** Whether to give the output of every time step rather than of the last. Default false. */
  readonly returnSequences?: boolean;
  /** Whether to read from the last time step to the first; a sequence comes out in the order of reading. Default false. */
  readonly goBackwards?: boolean;
}

/**
 * A layer that reads `(batch, time, features)` step by step and gives `(batch, units)`, or `(batch, time, units)` with
 * `returnSequences`. Steps that the mask leaves out do not change the state. The constructor of a subclass must take
 * what its `getConfig` gives: `Bidirectional` makes its second layer so.
 */
export abstract class Recurrent extends Layer {
  /** {@inheritDoc RecurrentOptions.units} */
  readonly units: number;
  /** {@inheritDoc RecurrentOptions.returnSequences} */
  readonly returnSequences: boolean;
  /** {@inheritDoc RecurrentOptions.goBackwards} */
  readonly goBackwards: boolean;

  constructor(options: RecurrentOptions, where: string) {
    super(options);
    this.units = positiveInteger(options.units, 'units', where);
    this.returnSequences = options.returnSequences ?? false;
    this.goBackwards = options.goBackwards ?? false;
  }

  protected override inputSpec(): InputSpec {
    return { rank: 3 };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const [batch = null, time = null] = singleShape(inputShape, this.label());
    return this.returnSequences ? [batch, time, this.units] : [batch, this.units];
  }

  override computeMask(_inputs: Tensor | Tensor[], mask: Tensor | undefined): Tensor | undefined {
    return this.returnSequences ? mask : undefined;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      returnSequences: this.returnSequences,
      goBackwards: this.goBackwards,
    };
  }
}
