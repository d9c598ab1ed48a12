import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { StateError, ValueError } from '../errors/kinds.js';
import { type InputSpec, specOf } from '../layer/inputSpec.js';
import type { Layer } from '../layer/Layer.js';
import { isShapeList } from '../layer/shapes.js';
import type { CallContext } from '../module/CallContext.js';
import type { Module } from '../module/Module.js';
import type { Config, Parameter } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { checkLayers } from './checkLayers.js';
import { Model, type ModelOptions, modelOptions } from './Model.js';
import { uniqueNames } from './uniqueNames.js';

const sequentialOptions = /* @__PURE__ */ optionTable<ModelOptions, ModelOptions>(
  'Sequential',
  {},
  { base: modelOptions },
);

/**
 * A stack of layers, each fed with the output of the one before; a layer that stands in it twice shares its weights.
 * Where the first layer has an `inputShape`, all shapes and parameters are known at once; else they are from the first
 * data.
 *
 * @throws ValueError without layers, or where two layers have the same name.
 *
 * @example
 * ```ts
 * import { Sequential } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 *
 * const model = new Sequential([
 *   new Dense({ units: 16, activation: 'relu', inputShape: [4] }),
 *   new Dense({ units: 3, activation: 'softmax' }),
 * ]);
 * if (model.countParameters().total !== 4 * 16 + 16 + 16 * 3 + 3) throw new Error('wrong size');
 * ```
 */
export class Sequential extends Model<Tensor> {
  override readonly className = 'Sequential';
  /** The layers, first to last. */
  readonly layers: readonly Layer[];
  readonly #names: Map<Layer, string>;
  /** The mask of the output, by the input it was computed from. */
  readonly #masks = new WeakMap<Tensor | Tensor[], Tensor | undefined>();

  constructor(layers: readonly Layer[], options: ModelOptions = {}) {
    checkOptions(options, sequentialOptions);
    const inputShape = options.inputShape ?? checkLayers(layers)[0]?.batchInputShape?.slice(1);
    super(inputShape === undefined ? options : { ...options, inputShape }, sequentialOptions);
    if (checkLayers(layers).length === 0) {
      throw new ValueError({
        where: options.name ?? 'Sequential',
        problem: 'the model has no layers',
        mend: 'pass a list: new Sequential([new Dense({ units: 10, inputShape: [784] })])',
      });
    }
    this.layers = [...layers];
    this.#names = uniqueNames(layers, options.name ?? 'Sequential');
    this.bind();
    if (this.batchInputShape === undefined) return;
    this.buildFor(this.batchInputShape);
    // Again, for the parameters that there are now.
    this.bind();
  }

  /**
   * There is no such step: the stack is given whole.
   * @deprecated Write `new Sequential([first, second])`.
   * @throws StateError always.
   */
  add(_layer?: Layer): never {
    throw new StateError({
      where: this.label(),
      problem: 'a Sequential is not added to',
      mend: 'give all layers at once: new Sequential([first, second])',
    });
  }

  protected override members(): Iterable<readonly [string, Parameter | Module]> {
    return [...this.#names].map(([layer, name]) => [name, layer] as const);
  }

  protected override inputSpec(): InputSpec | undefined {
    return this.batchInputShape === undefined ? undefined : specOf(this.batchInputShape);
  }

  protected override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor {
    // A list of one is what a data set of one input may give.
    let x = Array.isArray(inputs) && inputs.length === 1 ? inputs[0]! : inputs;
    let mask = ctx.mask;
    for (const layer of this.layers) {
      const y = layer.run(x, { ...ctx, mask });
      mask = layer.computeMask(x, mask);
      x = y;
    }
    this.#masks.set(inputs, mask);
    return x as Tensor;
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape | Shape[] {
    return this.shapesAfter(inputShape).at(-1) ?? inputShape;
  }

  override computeOutputDtype(inputDtype: DataType, inputDtypes?: readonly DataType[]): DataType | DataType[] {
    let dtypes: DataType | DataType[] = inputDtypes === undefined ? inputDtype : [...inputDtypes];
    for (const layer of this.layers) {
      dtypes =
        typeof dtypes === 'string' ? layer.computeOutputDtype(dtypes) : layer.computeOutputDtype(dtypes[0]!, dtypes);
    }
    return dtypes;
  }

  /** The mask that the layers left when the model was called on these inputs. */
  override computeMask(inputs: Tensor | Tensor[]): Tensor | undefined {
    return this.#masks.get(inputs);
  }

  protected override layerShapes(inputShape: Shape | Shape[]): (Shape | Shape[])[] {
    return this.shapesAfter(inputShape).filter((_, i) => this.firstPlace(i) === i);
  }

  /** The output shape of each layer; builds the layers on the way. */
  private shapesAfter(inputShape: Shape | Shape[]): (Shape | Shape[])[] {
    // What a list of one input gives.
    let shape = isShapeList(inputShape) && inputShape.length === 1 ? inputShape[0]! : inputShape;
    return this.layers.map((layer) => {
      layer.buildFor(shape);
      shape = layer.computeOutputShape(shape);
      return shape;
    });
  }

  override getConfig(): Config {
    // A layer that stands in the stack again is written as its first place, lest it become two layers.
    const layers = this.layers.map((layer, i) => (this.firstPlace(i) === i ? layer.serialize() : this.firstPlace(i)));
    return { ...super.getConfig(), layers };
  }

  /** Where the layer at place `i` stands first. */
  private firstPlace(i: number): number {
    return this.layers.indexOf(this.layers[i]!);
  }
}
