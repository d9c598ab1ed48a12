import { ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { Layer } from '../layer/Layer.js';
import { type InputOptions, input, type SymbolicTensor } from '../layer/SymbolicTensor.js';
import type { Config, Json, SerializedObject } from '../module/Parameter.js';
import type { ModelOutput } from '../training/options.js';
import { Functional } from './Functional.js';
import type { Model, ModelOptions } from './Model.js';
import { Sequential } from './Sequential.js';

/** A layer's class as {@link layerFromConfig} needs it. */
export interface LayerClass {
  new (config: never): Layer;
  /** For layers that hold layers: makes them with `make` before the constructor is called. */
  fromConfig?(config: Config, make: (object: SerializedObject) => Layer): Layer;
}

/** Layer classes by `className`: `layerClasses` of `@espalier/layers`, spread together with your own. */
export type LayerClasses = Readonly<Record<string, LayerClass>>;

/**
 * Makes a layer, or a nested model, from what `serialize()` gave. Only classes of the table are made: reading a file
 * runs no code from it.
 *
 * @throws ValueError where the table lacks the class, with the nearest names.
 */
export function layerFromConfig(object: SerializedObject, classes: LayerClasses): Layer {
  const { className, config } = object;
  if (className === 'Sequential' || className === 'Functional') return modelFromConfig(object, classes) as Layer;
  const found = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (found === undefined) {
    throw new ValueError({
      where: 'layerFromConfig',
      problem: `there is no layer class '${className}' in the table`,
      mend: `${suggestNames(className, Object.keys(classes))}; add your own: { ...layerClasses, ${className} }`,
    });
  }
  const make = (inner: SerializedObject) => layerFromConfig(inner, classes);
  return found.fromConfig ? found.fromConfig(config, make) : new found(config as never);
}

/**
 * Makes a `Sequential` or `Functional` model from what `serialize()` gave; the weights are not in it.
 *
 * @throws ValueError for another kind of model, or a layer class that the table lacks.
 *
 * @example
 * ```ts
 * import { modelFromConfig, Sequential } from '@espalier/core';
 * import { Dense, layerClasses } from '@espalier/layers';
 *
 * const model = new Sequential([new Dense({ units: 3, inputShape: [2] })]);
 * const again = modelFromConfig(JSON.parse(JSON.stringify(model.serialize())), layerClasses);
 * if (again.summary() !== model.summary()) throw new Error('another model');
 * ```
 */
export function modelFromConfig(object: SerializedObject, classes: LayerClasses): Model<ModelOutput> {
  if (object.className === 'Sequential') return sequential(object.config, classes);
  if (object.className === 'Functional') return functional(object.config, classes);
  throw new ValueError({
    where: 'modelFromConfig',
    problem: `a model of class '${object.className}' cannot be made from a config`,
    expected: 'Sequential or Functional',
    mend: 'make it by its constructor and load its weights',
  });
}

function sequential(config: Config, classes: LayerClasses): Sequential {
  const { layers, ...options } = config as unknown as { layers: (SerializedObject | number)[] } & ModelOptions;
  const made: Layer[] = [];
  for (const layer of layers) made.push(typeof layer === 'number' ? made[layer]! : layerFromConfig(layer, classes));
  return new Sequential(made, options);
}

type Reference = readonly [call: number | 'input', index: number];

function functional(config: Config, classes: LayerClasses): Model<ModelOutput> {
  const {
    inputs,
    layers,
    calls,
    outputs,
    single,
    inputShape: _,
    ...options
  } = config as unknown as {
    inputs: (InputOptions & { name: string | null })[];
    layers: Record<string, SerializedObject>;
    calls: { layer: string; inputs: Reference[] }[];
    outputs: Json;
    single: boolean;
  } & ModelOptions;
  const fed = inputs.map(({ name, ...rest }) => input(name === null ? rest : { ...rest, name }));
  const made: Record<string, Layer> = {};
  for (const [name, layer] of Object.entries(layers)) made[name] = layerFromConfig(layer, classes);
  const results: SymbolicTensor[][] = [];
  const find = ([call, index]: Reference) => (call === 'input' ? fed[index]! : results[call]![index]!);
  for (const { layer, inputs: references } of calls) {
    const arguments_ = references.map(find);
    results.push([made[layer]!.applySymbolic(arguments_.length === 1 ? arguments_[0]! : arguments_)].flat());
  }
  if (single)
    return new Functional({ ...options, inputs: fed, outputs: find(outputs as unknown as Reference) }) as never;
  return new Functional({ ...options, inputs: fed, outputs: (outputs as unknown as Reference[]).map(find) }) as never;
}
