import { type DataType, Tensor } from '@tensorflow/tfjs-core';
import { ShapeError, StateError, ValueError } from '../errors/kinds.js';
import type { CallContext } from '../module/CallContext.js';
import { Module } from '../module/Module.js';
import { type Config, Parameter, type ParameterOptions, type SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { type OptionTable, optionTable } from '../options/OptionTable.js';
import { ownOptions } from '../options/ownOptions.js';
import { checkInput, type InputSpec } from './inputSpec.js';
import { layerError } from './layerError.js';
import { type SymbolicCall, SymbolicTensor } from './SymbolicTensor.js';
import { checkShape, isShapeList } from './shapes.js';

/** The options that every layer takes. */
export interface LayerOptions {
  /** The path segment of the layer; default the class name in snake case, numbered where it repeats. */
  readonly name?: string;
  /** Default true; false freezes the layer's parameters. */
  readonly trainable?: boolean;
  /** The shape of one example, without the batch axis: on the first layer of a `Sequential`. */
  readonly inputShape?: Shape;
}

/** The options of {@link LayerOptions}, as the base of the tables of layers. */
export const layerOptions: OptionTable<LayerOptions> = /* @__PURE__ */ optionTable<LayerOptions>(
  'Layer',
  { name: 'string', trainable: 'boolean', inputShape: 'list' },
  {
    later: {
      dtype: '',
      autocast: '',
      activityRegularizer: '',
      inputDim: 'inputShape is a list without the batch axis',
      batchInputShape: 'inputShape leaves the batch axis out',
      batchShape: 'inputShape leaves the batch axis out',
      weights: 'loadWeights gives a model its values',
    },
  },
);

/**
 * A module that makes its parameters from the shape of its input. A new layer writes `build` (declare parameters),
 * `call` (compute), `computeOutputShape` and `getConfig`; callers use {@link apply}, which checks the input, builds on
 * first use and says in errors which layer they came from.
 */
export abstract class Layer extends Module {
  /** The name in configs; Keras's class name. */
  abstract readonly className: string;
  /** The name given by the user, if any. */
  readonly name: string | undefined;
  /** The shape of one example with the batch axis, where it was given. */
  readonly batchInputShape: Shape | undefined;
  /** Whether the mask of the input is right for the output too (elementwise layers). */
  protected readonly passesMask: boolean = false;
  #builtFor: Shape | Shape[] | undefined;

  /**
   * @param table The options of the class, which are checked here. A layer without a table hands on no options of its own:
   * `constructor({ rate, ...options }) { super(options); }`.
   * @throws ValueError for options that are unknown, misspelt, missing or of another type, for a name with blanks, and for
   * an `inputShape` that is none.
   */
  constructor(options: LayerOptions = {}, table?: OptionTable) {
    super();
    checkOptions(options, table ?? ownOptions(layerOptions, new.target.name));
    if (options.name !== undefined && !/^[^/\s]+$/.test(options.name)) {
      throw new ValueError({
        where: `layer '${options.name}'`,
        problem: 'a layer name is a path segment: not empty, without blanks and slashes',
        mend: "choose a name like 'conv_1'",
      });
    }
    this.name = options.name;
    this.trainable = options.trainable ?? true;
    this.batchInputShape = options.inputShape && [
      null,
      ...checkShape(options.inputShape, `${table?.owner ?? new.target.name}, inputShape`),
    ];
  }

  /** What the layer accepts; checked by {@link apply}. Default: anything. */
  protected inputSpec(): InputSpec | InputSpec[] | undefined {
    return undefined;
  }

  /** Declares the parameters for this input shape: `this.kernel = this.addWeight({…})`. Called once. */
  protected build(_inputShape: Shape | Shape[]): void {}

  abstract override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[];

  /** The shape of the output, with the batch axis. Must not touch tensors. */
  abstract computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[];

  /** The dtype of the output; default that of the (first) input. */
  computeOutputDtype(inputDtype: DataType): DataType {
    return inputDtype;
  }

  /** The mask of the output. Default: the input's mask where the layer is elementwise, else none. */
  computeMask(_inputs: Tensor | Tensor[], mask: Tensor | undefined): Tensor | undefined {
    return this.passesMask ? mask : undefined;
  }

  /** The constructor's options as JSON; subclasses spread this and add their own. */
  getConfig(): Config {
    const config: Record<string, Config[string]> = {};
    if (this.name !== undefined) config.name = this.name;
    if (!this.trainable) config.trainable = false;
    if (this.batchInputShape !== undefined) config.inputShape = this.batchInputShape.slice(1);
    return config;
  }

  /** Class name and options: what `layerFromConfig` makes the layer from again. */
  serialize(): SerializedObject {
    return { className: this.className, config: this.getConfig() };
  }

  /** Whether the parameters are declared. */
  get built(): boolean {
    return this.#builtFor !== undefined;
  }

  /** The input shape that the parameters were declared for. */
  protected get builtFor(): Shape | Shape[] | undefined {
    return this.#builtFor;
  }

  /** Declares a parameter; assign the result to a property, whose name becomes the path segment. */
  protected addWeight(options: ParameterOptions): Parameter {
    return new Parameter(options);
  }

  /** Checks the shape and declares the parameters, once; a later call with other feature sizes is refused by the spec. */
  buildFor(inputShape: Shape | Shape[]): void {
    const spec = this.inputSpec();
    if (spec !== undefined) checkInput(spec, inputShape, this.label());
    if (this.built) return;
    // Data of any batch size may follow, whatever the first one's.
    const shape = isShapeList(inputShape) ? inputShape.map(anyBatch) : anyBatch(inputShape);
    this.build(shape);
    this.#builtFor = shape;
  }

  /** How errors call the layer: its path or name with its class, or the class alone. */
  label(): string {
    const name = this.path !== '' ? this.path : this.name;
    return name === undefined ? this.className : `${name} (${this.className})`;
  }

  /** Adds the layer to a functional model's graph. */
  apply(inputs: SymbolicTensor | SymbolicTensor[]): SymbolicTensor;
  /** Computes the output: checks the input, builds on first use, then `call`. */
  apply(inputs: Tensor | Tensor[], ctx: CallContext): Tensor;
  apply(inputs: SymbolicTensor | SymbolicTensor[] | Tensor | Tensor[], ctx?: CallContext): SymbolicTensor | Tensor {
    const first = Array.isArray(inputs) ? inputs[0] : inputs;
    if (first instanceof SymbolicTensor) {
      return one(this.applySymbolic(inputs as SymbolicTensor | SymbolicTensor[]), this.label());
    }
    if (ctx === undefined) {
      throw new StateError({
        where: this.label(),
        problem: 'a layer was applied to values without a call context',
        mend: "hand on the ctx that your module's call received: layer.apply(x, ctx)",
      });
    }
    return one(this.run(inputs as Tensor | Tensor[], ctx), this.label());
  }

  /** Like {@link apply}, for layers with several outputs. */
  run(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[] {
    const where = this.label();
    const shape = Array.isArray(inputs) ? inputs.map((t) => t.shape) : inputs?.shape;
    if (!(first(inputs) instanceof Tensor)) {
      throw new ShapeError({ where, problem: 'the input is not a tensor', got: typeof first(inputs) });
    }
    const wasBuilt = this.built;
    this.buildFor(shape);
    // A layer that is built in the middle of a call, inside a user's own module, gets its values at once.
    if (!wasBuilt) this.initialize(ctx.rng);
    try {
      return this.call(inputs, ctx);
    } catch (error) {
      throw layerError(error, where, shape);
    }
  }

  /** Like {@link apply} on symbolic tensors, for layers with several outputs. */
  applySymbolic(inputs: SymbolicTensor | SymbolicTensor[]): SymbolicTensor | SymbolicTensor[] {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    const shape = Array.isArray(inputs) ? inputs.map((t) => t.shape) : inputs.shape;
    this.buildFor(shape);
    const source: SymbolicCall = { layer: this, inputs: list };
    const dtype = this.computeOutputDtype(list[0]?.dtype ?? 'float32');
    const out = this.computeOutputShape(shape);
    return isShapeList(out)
      ? out.map((s, i) => new SymbolicTensor(s, dtype, source, i))
      : new SymbolicTensor(out, dtype, source, 0);
  }
}

function anyBatch(shape: Shape): Shape {
  return shape.map((size, axis) => (axis === 0 ? null : size));
}

function first<T>(value: T | T[]): T | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function one<T extends Tensor | SymbolicTensor>(outputs: T | T[], where: string): T {
  if (!Array.isArray(outputs)) return outputs;
  throw new ShapeError({
    where,
    problem: `the layer has ${outputs.length} outputs`,
    mend: 'call run() or applySymbolic(), which return a list',
  });
}
