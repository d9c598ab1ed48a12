import { type DataType, dispose, engine, Tensor } from '@tensorflow/tfjs-core';
import { isEspalierError } from '../errors/EspalierError.js';
import { ShapeError, StateError, ValueError } from '../errors/kinds.js';
import type { CallContext } from '../module/CallContext.js';
import { Module } from '../module/Module.js';
import { type Config, Parameter, type ParameterOptions, type SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue } from '../options/describeValue.js';
import { type OptionTable, optionTable } from '../options/OptionTable.js';
import { ownOptions } from '../options/ownOptions.js';
import { castInput, checkInputDtype, type InputDtype } from './inputDtype.js';
import { checkDeclared, checkInput, type InputSpec } from './inputSpec.js';
import { layerError } from './layerError.js';
import { requireComplete } from './requireComplete.js';
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
  /** What the last call brought, and was right. */
  #checked: Shape | Shape[] | undefined;

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

  /**
   * What `call` wants input number `index` to be: where it is a dtype, numbers of another dtype are cast to it before
   * `call`, and strings and complex numbers are refused. Default: inputs are handed on as they come.
   */
  protected inputDtype(_index: number): InputDtype {
    return undefined;
  }

  /** Looks at what the spec cannot say of the shapes, on each call: sizes may be known only now. Default: nothing. */
  protected checkShape(_inputShape: Shape | Shape[]): void {}

  /** Declares the parameters for this input shape: `this.kernel = this.addWeight({…})`. Called once. */
  protected build(_inputShape: Shape | Shape[]): void {}

  abstract override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[];

  /** The shape of the output, with the batch axis. Must not touch tensors. */
  abstract computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[];

  /**
   * The dtype of the output, or a list with one for each of several. Default: what `inputDtype` says of the first
   * input, or else that input's own. The second argument has those of all inputs, where there are several.
   */
  computeOutputDtype(inputDtype: DataType, _inputDtypes?: readonly DataType[]): DataType | DataType[] {
    const wanted = this.inputDtype(0);
    return wanted === undefined || wanted === 'numbers' ? inputDtype : wanted;
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
    try {
      this.#build(inputShape);
    } catch (error) {
      throw isEspalierError(error) ? layerError(error, this.label(), inputShape) : error;
    }
  }

  #build(inputShape: Shape | Shape[]): void {
    // Most calls bring the shape of the call before.
    if (this.#checked !== undefined && sameSizes(this.#checked, inputShape)) return;
    const spec = this.inputSpec();
    if (this.batchInputShape !== undefined) checkDeclared(this.batchInputShape, inputShape, this.label());
    if (spec !== undefined) checkInput(spec, inputShape, this.label());
    this.checkShape(inputShape);
    if (this.built) {
      this.#checked = inputShape;
      return;
    }
    requireComplete(this);
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
    if (first instanceof SymbolicTensor || (Array.isArray(inputs) && inputs.some((x) => x instanceof SymbolicTensor))) {
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
    const given = this.#given(inputs);
    const shape = Array.isArray(given) ? given.map((t) => t.shape) : given.shape;
    const wasBuilt = this.built;
    this.buildFor(shape);
    // Outside of any scope nobody else gives back what a call makes on its way.
    const scoped = engine().state.activeScope != null;
    if (!scoped) engine().startScope();
    try {
      const fed = this.#cast(given, where);
      // A layer that is built in the middle of a call, inside a user's own module, gets its values at once.
      if (!wasBuilt) this.initialize(ctx.rng);
      const output = this.call(fed, ctx);
      if (!isOutput(output)) refuseOutput(output, where);
      if (fed !== given) disposeCasts(fed, given, output);
      if (!scoped) engine().endScope(this.keepsNothing ? output : engine().state.activeScope.track);
      return output;
    } catch (error) {
      if (!scoped) engine().endScope();
      throw layerError(error, where, shape);
    }
  }

  /** Whether all that `call` makes beside its output may go; a layer that looks at dtypes here is one of ours. */
  protected get keepsNothing(): boolean {
    return this.inputDtype(0) !== undefined;
  }

  /** The inputs as `call` takes them: a list of one is the one, where the layer takes one. */
  #given(inputs: Tensor | Tensor[]): Tensor | Tensor[] {
    const wrong = Array.isArray(inputs)
      ? inputs.length === 0 || inputs.some((x) => !(x instanceof Tensor))
      : !(inputs instanceof Tensor);
    if (wrong) {
      const found = Array.isArray(inputs) ? inputs.find((x) => !(x instanceof Tensor)) : inputs;
      const problem = 'the input is not a tensor';
      throw new ShapeError({
        where: this.label(),
        problem,
        got: found === undefined ? 'nothing' : describeValue(found),
      });
    }
    const isGone = Array.isArray(inputs) ? inputs.some((x) => x.isDisposed) : inputs.isDisposed;
    if (isGone) {
      throw new StateError({
        where: this.label(),
        problem: 'the input is a tensor that was disposed of',
        mend: 'make a new one',
      });
    }
    if (!Array.isArray(inputs) || inputs.length !== 1) return inputs;
    const spec = this.inputSpec();
    return spec !== undefined && !Array.isArray(spec) ? inputs[0]! : inputs;
  }

  /** The inputs in the dtypes that `call` wants; themselves where they have them. */
  #cast(given: Tensor | Tensor[], where: string): Tensor | Tensor[] {
    if (!Array.isArray(given)) return castInput(given, this.inputDtype(0), where);
    const fed = given.map((x, i) => castInput(x, this.inputDtype(i), where));
    return fed.every((x, i) => x === given[i]) ? given : fed;
  }

  /** Like {@link apply} on symbolic tensors, for layers with several outputs. */
  applySymbolic(inputs: SymbolicTensor | SymbolicTensor[]): SymbolicTensor | SymbolicTensor[] {
    const list = Array.isArray(inputs) ? inputs : [inputs];
    const other = list.find((tensor) => !(tensor instanceof SymbolicTensor));
    if (list.length === 0 || other !== undefined) {
      throw new ValueError({
        where: this.label(),
        problem: 'symbolic tensors and others cannot be mixed',
        expected: 'what input() and layers of the graph gave',
        got: list.length === 0 ? 'an empty list' : describeValue(other),
      });
    }
    const spec = this.inputSpec();
    const single = list.length === 1 && spec !== undefined && !Array.isArray(spec);
    const shape = Array.isArray(inputs) && !single ? inputs.map((t) => t.shape) : list[0]!.shape;
    const dtypes = list.map((tensor) => tensor.dtype);
    for (const [i, one] of dtypes.entries()) checkInputDtype(one, this.inputDtype(i), this.label());
    this.buildFor(shape);
    const source: SymbolicCall = { layer: this, inputs: list };
    const dtype = this.computeOutputDtype(dtypes[0] ?? 'float32', dtypes);
    const dtypeOf = (i: number): DataType => (typeof dtype === 'string' ? dtype : dtype[i]!);
    const out = this.computeOutputShape(shape);
    return isShapeList(out)
      ? out.map((s, i) => new SymbolicTensor(s, dtypeOf(i), source, i))
      : new SymbolicTensor(out, dtypeOf(0), source, 0);
  }
}

/** Of one shape each: lists of shapes are never the same here. */
function sameSizes(a: Shape | Shape[], b: Shape | Shape[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function anyBatch(shape: Shape): Shape {
  return shape.map((size, axis) => (axis === 0 ? null : size));
}

/** Frees what was cast for the call alone; an output may be an input. */
function disposeCasts(fed: Tensor | Tensor[], given: Tensor | Tensor[], output: Tensor | Tensor[]): void {
  const held = new Set([given, output].flat());
  dispose([fed].flat().filter((x) => !held.has(x)));
}

function one<T extends Tensor | SymbolicTensor>(outputs: T | T[], where: string): T {
  if (!Array.isArray(outputs)) return outputs;
  throw new ShapeError({
    where,
    problem: `the layer has ${outputs.length} outputs`,
    mend: 'call run() or applySymbolic(), which return a list',
  });
}

function isOutput(output: unknown): boolean {
  return Array.isArray(output) ? output.length > 0 && output.every(isTensor) : isTensor(output);
}

function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** @throws ValueError always: the class of a layer gave something else than tensors. */
function refuseOutput(output: unknown, where: string): never {
  const mend = 'return a tensor or a list of tensors; call() cannot be async';
  throw new ValueError({ where, problem: 'call() gave no tensor', got: describeValue(output), mend });
}
