import { ValueError } from '../errors/kinds.js';
import type { Layer } from '../layer/Layer.js';
import { requireComplete } from '../layer/requireComplete.js';

/** `MaxPooling2D` becomes `max_pooling2d`, as Keras names layers. */
export function snakeCase(className: string): string {
  return className
    .replace(/(.)([A-Z][a-z0-9]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * A path segment for every layer of a model: its own name, or its class in snake case, numbered where it repeats.
 * Counted per model, so that the same architecture has the same paths however many models were made before.
 *
 * @throws ValueError where two layers were given the same name, or the class of one is not complete.
 */
export function uniqueNames(layers: readonly Layer[], where: string): Map<Layer, string> {
  const taken = new Map<string, Layer>();
  for (const layer of layers) {
    if (layer.name === undefined) continue;
    const holder = taken.get(layer.name);
    if (holder !== undefined && holder !== layer) {
      throw new ValueError({
        where,
        problem: `two layers are named '${layer.name}'`,
        mend: 'give each layer of a model its own name',
      });
    }
    taken.set(layer.name, layer);
  }
  const names = new Map<Layer, string>();
  for (const layer of layers) {
    if (names.has(layer)) continue;
    requireComplete(layer);
    const base = snakeCase(layer.className);
    let name = layer.name ?? base;
    for (let n = 1; layer.name === undefined && taken.has(name); n++) name = `${base}_${n}`;
    taken.set(name, layer);
    names.set(layer, name);
  }
  return names;
}
