import {
  type Config,
  type InputDtype,
  type InputSpec,
  isShapeList,
  Layer,
  type LayerOptions,
  layerOptions,
  type OptionTable,
  optionTable,
  type SequenceResult,
  type Shape,
  ShapeError,
  showShape,
} from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { positiveInteger } from '../options/checks.js';

/** The options that every recurrent layer takes. */
export interface RecurrentOptions extends LayerOptions {
  /** The size of the state and of the last axis of the output. */
  readonly units: number;
  /** Whether to give the output of every time step rather than of the last. Default false. */
  readonly returnSequences?: boolean;
  /** Whether to give the final states too, as further outputs behind the first. Default false. */
  readonly returnState?: boolean;
  /** Whether to read from the last time step to the first; a sequence comes out in the order of reading. Default false. */
  readonly goBackwards?: boolean;
}

/** The options of {@link RecurrentOptions}, as the base of tables. */
export const recurrentOptions = /* @__PURE__ */ optionTable<RecurrentOptions, LayerOptions>(
  'Recurrent',
  { units: 'integer!', returnSequences: 'boolean', returnState: 'boolean', goBackwards: 'boolean' },
  {
    base: layerOptions,
    later: {
      stateful: '',
      unroll: 'there is nothing to unroll',
      zeroOutputForMask: '',
      timeMajor: 'the batch comes first, always',
    },
  },
);

/**
 * A layer that reads `(batch, time, features)` step by step and gives `(batch, units)`, or `(batch, time, units)` with
 * `returnSequences`. Steps that the mask leaves out do not change the state. With a list of inputs, those behind the first
 * are the states to start from, `(batch, units)` each; with `returnState` there is a list of outputs, the final states
 * behind the first. The constructor of a subclass must take what its `getConfig` gives: `Bidirectional` makes its second
 * layer so.
 */
export abstract class Recurrent extends Layer {
  /** {@inheritDoc RecurrentOptions.units} */
  readonly units: number;
  /** {@inheritDoc RecurrentOptions.returnSequences} */
  readonly returnSequences: boolean;
  /** {@inheritDoc RecurrentOptions.returnState} */
  readonly returnState: boolean;
  /** {@inheritDoc RecurrentOptions.goBackwards} */
  readonly goBackwards: boolean;
  /** How many tensors the state is: 2 for an LSTM. */
  readonly stateCount: number = 1;

  /** @param table The options of the class; a class that takes no others leaves it out. */
  constructor(options: RecurrentOptions, table: OptionTable = { ...recurrentOptions, owner: new.target.name }) {
    super(options, table);
    this.units = positiveInteger(options.units, 'units', table.owner);
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
  }

  protected override inputSpec(): InputSpec {
    return { rank: 3, least: { 1: 1 } };
  }

  protected override inputDtype(): InputDtype {
    return 'float32';
  }

  override buildFor(inputShape: Shape | Shape[]): void {
    const [sequence, ...states] = isShapeList(inputShape) ? inputShape : [inputShape];
    super.buildFor(sequence!);
    if (states.length > 0) this.checkStates(sequence!, states);
  }

  private checkStates(sequence: Shape, states: readonly Shape[]): void {
    const refuse = (problem: string, expected: string, got: string): never => {
      throw new ShapeError({ where: this.label(), problem, expected, got });
    };
    if (states.length !== this.stateCount) {
      refuse('wrong number of initial states behind the input', String(this.stateCount), String(states.length));
    }
    const wanted: Shape = [sequence[0] ?? null, this.units];
    const fits = (shape: Shape) =>
      shape.length === 2 &&
      shape.every((size, axis) => size === null || wanted[axis] === null || size === wanted[axis]);
    for (const state of states) {
      if (!fits(state)) refuse('an initial state has the wrong shape', showShape(wanted), showShape(state));
    }
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    const [batch = null, time = null] = isShapeList(inputShape) ? inputShape[0]! : inputShape;
    const state = [batch, this.units];
    const output = this.returnSequences ? [batch, time, this.units] : state;
    return this.returnState ? [output, ...new Array<Shape>(this.stateCount).fill(state)] : output;
  }

  override computeMask(_inputs: Tensor | Tensor[], mask: Tensor | undefined): Tensor | undefined {
    return this.returnSequences ? mask : undefined;
  }

  override getConfig(): Config {
    return {
      ...super.getConfig(),
      units: this.units,
      returnSequences: this.returnSequences,
      ...(this.returnState && { returnState: true }),
      goBackwards: this.goBackwards,
    };
  }

  /** What `call` returns of a sequence that was read. */
  protected outputs({ output, state }: SequenceResult): Tensor | Tensor[] {
    return this.returnState ? [output, ...state] : output;
  }
}
