import type { Callback, FitParams } from '../callbacks/Callback.js';
import { ValueError } from '../errors/kinds.js';
import type { Model } from '../models/Model.js';
import type { ModelOutput } from './options.js';

/** The callbacks in the order of calling: those that save what the others keep come last. */
export function inOrder(callbacks: readonly Callback[]): readonly Callback[] {
  return [...callbacks].sort((a, b) => Number(a.runsLast) - Number(b.runsLast));
}

/** Introduces the callbacks to the run. */
export function introduce(callbacks: readonly Callback[], model: Model<ModelOutput>, params: FitParams): void {
  for (const [i, callback] of callbacks.entries()) {
    if (typeof callback?.setModel !== 'function') {
      throw new ValueError({
        where: `callbacks[${i}]`,
        problem: 'this is no callback',
        expected: 'an object of a class that extends Callback',
        got: typeof callback === 'object' ? `an object with ${Object.keys(callback).join(', ')}` : typeof callback,
        mend: 'for plain functions: new LambdaCallback({ onEpochEnd: … })',
      });
    }
    callback.setModel(model);
    callback.setParams(params);
  }
}

/** Calls one hook of each callback, one after the other. */
export async function tell(
  callbacks: readonly Callback[],
  hook: (callback: Callback) => void | Promise<void>,
): Promise<void> {
  for (const callback of callbacks) await hook(callback);
}

/** Calls one hook of each callback, also where one before it threw; what the first threw, if any did. */
export async function tellAll(
  callbacks: readonly Callback[],
  hook: (callback: Callback) => void | Promise<void>,
): Promise<{ readonly error: unknown } | undefined> {
  let first: { readonly error: unknown } | undefined;
  for (const callback of callbacks) {
    await tell([callback], hook).catch((error: unknown) => {
      first ??= { error };
    });
  }
  return first;
}
