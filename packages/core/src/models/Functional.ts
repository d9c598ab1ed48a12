import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';
import { castInput, type InputDtype } from '../layer/inputDtype.js';
import { type InputSpec, specOf } from '../layer/inputSpec.js';
import type { Layer } from '../layer/Layer.js';
import { type SymbolicCall, SymbolicTensor } from '../layer/SymbolicTensor.js';
import type { CallContext } from '../module/CallContext.js';
import type { Module } from '../module/Module.js';
import type { Config, Json, Parameter } from '../module/Parameter.js';
import { type Shape, showShape } from '../module/Shape.js';
import { describeValue } from '../options/describeValue.js';
import { optionTable } from '../options/OptionTable.js';
import { Model, type ModelOptions } from './Model.js';
import { uniqueNames } from './uniqueNames.js';

type OneOrMany = SymbolicTensor | readonly SymbolicTensor[];
/** A tensor for a symbolic tensor, a list for a list. */
type Outputs<O extends OneOrMany> = O extends SymbolicTensor ? Tensor : Tensor[];

/** What a {@link Functional} model is made of. */
export interface FunctionalOptions<O extends OneOrMany> extends Omit<ModelOptions, 'inputShape'> {
  /** What `input()` made: one, or a list in the order in which data is given. */
  readonly inputs: OneOrMany;
  /** What the model gives: one, or a list in the order of losses and targets. */
  readonly outputs: O;
}

const functionalOptions = /* @__PURE__ */ optionTable<FunctionalOptions<OneOrMany>>('Functional', {
  inputs: 'object|list!',
  outputs: 'object|list!',
  name: 'string',
  trainable: 'boolean',
  seed: 'integer',
});

/**
 * A model given by its graph: inputs made by `input()`, outputs reached by applying layers. It can have several inputs
 * and outputs, and layers may be shared.
 *
 * @throws ValueError where an output cannot be reached from the inputs, or an input is given twice. An input that nothing
 * is computed from is allowed, as in Keras.
 *
 * @example
 * ```ts
 * import { Functional, input } from '@espalier/core';
 * import { Concatenate, Dense } from '@espalier/layers';
 *
 * const image = input({ shape: [64], name: 'image' });
 * const text = input({ shape: [16], name: 'text' });
 * const joined = new Concatenate().apply([image, text]);
 * const label = new Dense({ units: 3, activation: 'softmax' }).apply(joined);
 * const score = new Dense({ units: 1 }).apply(joined);
 * const model = new Functional({ inputs: [image, text], outputs: [label, score] });
 * if (model.countParameters().total !== 80 * 3 + 3 + 80 + 1) throw new Error('wrong size');
 * ```
 */
export class Functional<O extends OneOrMany = SymbolicTensor> extends Model<Outputs<O>> {
  override readonly className = 'Functional';
  /** The inputs, in the order in which data is given. */
  readonly inputs: readonly SymbolicTensor[];
  /** The outputs, in the order of losses and targets. */
  readonly outputs: readonly SymbolicTensor[];
  readonly #single: boolean;
  /** Calls in an order in which each comes after those it needs. */
  readonly #calls: readonly SymbolicCall[];
  readonly #results = new Map<SymbolicCall, SymbolicTensor[]>();
  readonly #names: Map<Layer, string>;
  /** The mask of the first output, by the inputs it was computed from. */
  readonly #masks = new WeakMap<Tensor | Tensor[], Tensor | undefined>();

  constructor(options: FunctionalOptions<O>) {
    super(options, functionalOptions);
    for (const side of ['inputs', 'outputs'] as const) checkSymbolic(options[side], side);
    this.inputs = list(options.inputs);
    checkTwice(this.inputs);
    this.outputs = list(options.outputs);
    this.#single = !Array.isArray(options.outputs);
    this.#calls = this.order();
    this.#names = uniqueNames(this.layers, options.name ?? 'Functional');
    this.bind();
    this.buildFor(this.inputShape());
  }

  /** The layers, each once, in the order of the graph. */
  get layers(): readonly Layer[] {
    return [...new Set(this.#calls.map((call) => call.layer as Layer))];
  }

  protected override members(): Iterable<readonly [string, Parameter | Module]> {
    return [...this.#names].map(([layer, name]) => [name, layer] as const);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Outputs<O> {
    const values = new Map<SymbolicTensor, Tensor>();
    const masks = new Map<SymbolicTensor, Tensor | undefined>();
    for (const [i, value] of list(inputs).entries()) {
      const { dtype } = this.inputs[i]!;
      // Data comes in the dtypes that the inputs were declared with, as in Keras.
      values.set(this.inputs[i]!, isNumeric(dtype) ? castInput(value, dtype, this.inputLabel(i)) : value);
      masks.set(this.inputs[i]!, ctx.mask);
    }
    for (const call of this.#calls) {
      const layer = call.layer as Layer;
      const fed = call.inputs.map((tensor) => values.get(tensor)!);
      const x = fed.length === 1 ? fed[0]! : fed;
      const mask = call.inputs.map((tensor) => masks.get(tensor)).find((m) => m !== undefined);
      const y = list(layer.run(x, { ...ctx, mask }));
      const outMask = layer.computeMask(x, mask);
      for (const tensor of this.#results.get(call) ?? []) {
        values.set(tensor, y[tensor.index]!);
        masks.set(tensor, outMask);
      }
    }
    this.#masks.set(inputs, masks.get(this.outputs[0]!));
    const outputs = this.outputs.map((tensor) => values.get(tensor)!);
    return (this.#single ? outputs[0] : outputs) as Outputs<O>;
  }

  /** The mask that the layers left when the model was called on these inputs; that of a model with one output. */
  override computeMask(inputs: Tensor | Tensor[]): Tensor | undefined {
    return this.outputs.length === 1 ? this.#masks.get(inputs) : undefined;
  }

  override computeOutputShape(_inputShape: Shape | Shape[]): Shape | Shape[] {
    const shapes = this.outputs.map((tensor) => tensor.shape);
    return this.#single ? shapes[0]! : shapes;
  }

  override computeOutputDtype(): DataType | DataType[] {
    const dtypes = this.outputs.map(({ dtype }) => dtype);
    return this.#single ? dtypes[0]! : dtypes;
  }

  protected override inputDtype(index: number): InputDtype {
    return isNumeric(this.inputs[index]?.dtype) ? 'numbers' : undefined;
  }

  /** The masks are kept for {@link computeMask}. */
  protected override get keepsNothing(): boolean {
    return false;
  }

  /** The layers that give the outputs, as in Keras; numbered where one gives several. */
  protected override get outputNames(): readonly string[] {
    const names = this.outputs.map(
      ({ source, name = 'input' }) => (source.layer && this.#names.get(source.layer)) ?? name,
    );
    return names.map((name, i) => (names.indexOf(name) === i ? name : `${name}_${i}`));
  }

  protected override inputSpec(): InputSpec[] {
    return this.inputs.map(({ shape }) => specOf(shape));
  }

  protected override layerShapes(): (Shape | Shape[])[] {
    return this.layers.map((layer) => {
      const call = this.#calls.find((c) => c.layer === layer)!;
      const shapes = call.inputs.map((tensor) => tensor.shape);
      return layer.computeOutputShape(shapes.length === 1 ? shapes[0]! : shapes);
    });
  }

  override getConfig(): Config {
    const reference = (tensor: SymbolicTensor): Json => {
      const at = this.inputs.indexOf(tensor);
      return at >= 0 ? ['input', at] : [this.#calls.indexOf(tensor.source), tensor.index];
    };
    return {
      ...super.getConfig(),
      inputs: this.inputs.map(({ shape, dtype, name }) => ({ shape: shape.slice(1), dtype, name: name ?? null })),
      layers: Object.fromEntries([...this.#names].map(([layer, name]) => [name, layer.serialize() as unknown as Json])),
      calls: this.#calls.map((call) => ({
        layer: this.#names.get(call.layer as Layer)!,
        inputs: call.inputs.map(reference),
      })),
      outputs: this.#single ? reference(this.outputs[0]!) : this.outputs.map(reference),
      single: this.#single,
    };
  }

  private inputLabel(index: number): string {
    const name = this.inputs[index]!.name;
    return `${this.label()}, input ${name === undefined ? index : `'${name}'`}`;
  }

  private inputShape(): Shape | Shape[] {
    return this.inputs.length === 1 ? this.inputs[0]!.shape : this.inputs.map((tensor) => tensor.shape);
  }

  private order(): SymbolicCall[] {
    const calls = new Set<SymbolicCall>();
    const visit = (tensor: SymbolicTensor): void => {
      if (this.inputs.includes(tensor)) return;
      const call = tensor.source;
      if (call.layer === undefined) {
        throw new ValueError({
          where: this.name ?? 'Functional',
          problem: `the outputs need an input that was not listed: ${tensor.name ?? showShape(tensor.shape)}`,
          mend: 'add it to inputs',
        });
      }
      const known = this.#results.get(call);
      if (known?.includes(tensor)) return;
      this.#results.set(call, [...(known ?? []), tensor]);
      if (known !== undefined) return;
      for (const needed of call.inputs) visit(needed);
      calls.add(call);
    };
    for (const output of this.outputs) visit(output);
    return [...calls];
  }
}

function isNumeric(dtype: DataType | undefined): dtype is 'float32' | 'int32' | 'bool' {
  return dtype === 'float32' || dtype === 'int32' || dtype === 'bool';
}

/** @throws ValueError where an input is given twice: the last would hide the others. */
function checkTwice(inputs: readonly SymbolicTensor[]): void {
  const at = inputs.findIndex((tensor, i) => inputs.indexOf(tensor) !== i);
  if (at < 0) return;
  throw new ValueError({
    where: 'Functional, inputs',
    problem: 'an input is given twice',
    got: `number ${inputs.indexOf(inputs[at]!)} and number ${at}`,
    mend: 'list each input once',
  });
}

function list<T extends object>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** @throws ValueError unless there is at least one symbolic tensor, and nothing else. */
function checkSymbolic(given: OneOrMany, side: 'inputs' | 'outputs'): void {
  const tensors = list(given);
  const wrong = tensors.find((tensor) => !(tensor instanceof SymbolicTensor));
  if (tensors.length > 0 && wrong === undefined) return;
  throw new ValueError({
    where: `Functional, ${side}`,
    problem: 'these are no symbolic tensors',
    got: tensors.length === 0 ? 'an empty list' : describeValue(wrong),
    mend:
      side === 'inputs'
        ? 'give what input({ shape }) made, or a list of such'
        : 'give what a layer made of them: layer.apply(tensor)',
  });
}
