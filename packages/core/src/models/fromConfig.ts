import { ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { Layer } from '../layer/Layer.js';
import type { Config, SerializedObject } from '../module/Parameter.js';
import { checkSerialized, isRecord } from '../options/checkSerialized.js';
import { describeValue } from '../options/describeValue.js';
import type { ModelOutput } from '../training/options.js';
import { functionalFromConfig } from './functionalFromConfig.js';
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
 * @throws ValueError where the table lacks the class, with the nearest names, or the object is damaged, with the place.
 */
export function layerFromConfig(object: SerializedObject, classes: LayerClasses): Layer {
  return layerAt(object, checkClasses(classes, 'layerFromConfig'), 'layerFromConfig', 0);
}

/**
 * Makes a `Sequential` or `Functional` model from what `serialize()` gave; the weights are not in it.
 *
 * @throws ValueError for another kind of model, a layer class that the table lacks, or a damaged object, with the place.
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
  return modelAt(object, checkClasses(classes, 'modelFromConfig'), 'modelFromConfig', 0);
}

function layerAt(object: unknown, classes: LayerClasses, where: string, depth: number): Layer {
  const { className, config } = checkSerialized(object, where, depth);
  if (className === 'Sequential' || className === 'Functional') return modelAt(object, classes, where, depth) as Layer;
  const found = Object.hasOwn(classes, className) ? classes[className] : undefined;
  if (found === undefined) {
    throw new ValueError({
      where,
      problem: `there is no layer class '${className}' in the table`,
      mend: `${suggestNames(className, Object.keys(classes))}; add your own: { ...layerClasses, ${className} }`,
    });
  }
  const make = (inner: SerializedObject) => layerAt(inner, classes, `${where}, ${className}`, depth + 1);
  return found.fromConfig ? found.fromConfig(config, make) : new found(config as never);
}

function modelAt(object: unknown, classes: LayerClasses, where: string, depth: number): Model<ModelOutput> {
  const { className, config } = checkSerialized(object, where, depth);
  const make = (inner: unknown, at: string) => layerAt(inner, classes, `${where}, ${at}`, depth + 1);
  if (className === 'Sequential') return sequential(config, make, where);
  if (className === 'Functional') return functionalFromConfig(config, make, where);
  throw new ValueError({
    where,
    problem: `a model of class '${className}' cannot be made from a config`,
    expected: 'Sequential or Functional',
    mend: 'make it by its constructor and load its weights',
  });
}

function sequential(config: Config, make: (inner: unknown, at: string) => Layer, where: string): Sequential {
  const { layers, ...options } = config;
  if (!Array.isArray(layers)) {
    throw new ValueError({
      where: `${where}, layers`,
      problem: 'this is no list of layers',
      got: describeValue(layers),
    });
  }
  const made: Layer[] = [];
  for (const [i, layer] of layers.entries()) {
    const again = typeof layer === 'number' ? made[layer] : make(layer, `layers[${i}]`);
    if (again === undefined) {
      throw new ValueError({
        where: `${where}, layers[${i}]`,
        problem: 'there is no layer before it at that place',
        got: String(layer),
      });
    }
    made.push(again);
  }
  return new Sequential(made, options as ModelOptions);
}

function checkClasses(classes: unknown, where: string): LayerClasses {
  const wrong = isRecord(classes) ? Object.entries(classes).find(([, one]) => typeof one !== 'function') : [''];
  if (wrong === undefined) return classes as LayerClasses;
  throw new ValueError({
    where: `${where}, classes`,
    problem: wrong[0] === '' ? 'this is no table of layer classes' : `'${wrong[0]}' is not a class`,
    got: describeValue(isRecord(classes) ? wrong[1] : classes),
    mend: "import { layerClasses } from '@espalier/layers', and add your own: { ...layerClasses, Mine }",
  });
}
