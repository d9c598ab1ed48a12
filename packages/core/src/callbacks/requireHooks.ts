import { ValueError } from '../errors/kinds.js';
import { nearestNames } from '../errors/suggest.js';
import { camelCase } from '../options/camelCase.js';
import { Callback } from './Callback.js';

/** What Keras and TensorFlow.js call hooks that have another name here. */
const OTHERS: Readonly<Record<string, string>> = {
  onBatchBegin: 'onTrainBatchBegin',
  onBatchEnd: 'onTrainBatchEnd',
};

/** @throws ValueError for a method of a callback that looks like a hook and is none: nobody would call it. */
export function requireHooks(callback: object, where: string): void {
  const hooks = Object.getOwnPropertyNames(Callback.prototype).filter((name) => /^on[A-Z]/.test(name));
  for (const name of methodsOf(callback)) {
    if (!/^on(_|[A-Z])/.test(name) || hooks.includes(name)) continue;
    const camel = camelCase(name);
    const meant = OTHERS[camel] ?? nearestNames(camel, hooks, 1)[0];
    if (meant === undefined) continue;
    throw new ValueError({
      where,
      problem: `'${name}' is no hook`,
      mend: `call it '${meant}'`,
    });
  }
}

/** The methods of an object's own classes, up to the one that introduces it to the model. */
function methodsOf(callback: object): string[] {
  const found: string[] = [];
  for (let at = callback; at !== null && !Object.hasOwn(at, 'setModel'); at = Object.getPrototypeOf(at) as object) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function') found.push(name);
    }
  }
  return found;
}
