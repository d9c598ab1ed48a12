import { ValueError } from '../errors/kinds.js';
import type { Layer } from '../layer/Layer.js';
import { SymbolicTensor } from '../layer/SymbolicTensor.js';
import { describeValue, isClass } from '../options/describeValue.js';

/** @throws ValueError unless it is a list of layers, naming the first that is none. */
export function checkLayers(layers: unknown): readonly Layer[] {
  if (!Array.isArray(layers)) {
    throw new ValueError({
      where: 'Sequential, layers',
      problem: 'the layers are given in a list',
      got: describeValue(layers),
      mend: 'write new Sequential([first, second])',
    });
  }
  const at = layers.findIndex((layer) => typeof layer?.buildFor !== 'function');
  if (at < 0) return layers;
  const found: unknown = layers[at];
  const mend = isClass(found)
    ? `make one: new ${found.name}({ … })`
    : found instanceof SymbolicTensor
      ? 'give a graph to a Functional: new Functional({ inputs, outputs })'
      : undefined;
  throw new ValueError({
    where: `Sequential, layers[${at}]`,
    problem: 'this is not a layer',
    got: describeValue(found),
    ...(mend !== undefined && { mend }),
  });
}
