import type { Callback, FitParams } from '../callbacks/Callback.js';
import { requireHooks } from '../callbacks/requireHooks.js';
import type { Model } from '../models/Model.js';
import { requireMethod } from '../options/requireMethod.js';
import type { ModelOutput } from './options.js';

/** The callbacks in the order of calling: those that save what the others keep come last. */
export function inOrder(callbacks: Callback | readonly Callback[]): readonly Callback[] {
  return [...callbackList(callbacks)].sort((a, b) => Number(a.runsLast) - Number(b.runsLast));
}

/**
 * The callbacks as a list, which a single one may stand for.
 * @throws ValueError for what is no callback, such as a class.
 */
export function callbackList(callbacks: Callback | readonly Callback[] = []): readonly Callback[] {
  const all = Array.isArray(callbacks) ? (callbacks as readonly Callback[]) : [callbacks as Callback];
  const mend = 'for plain functions: new LambdaCallback({ onEpochEnd: … })';
  for (const [i, callback] of all.entries()) {
    requireMethod(callback, 'setModel', `callbacks[${i}]`, 'a callback', mend);
    requireHooks(callback, `callbacks[${i}]`);
  }
  return all;
}

/** Introduces the callbacks to the run. */
export function introduce(callbacks: readonly Callback[], model: Model<ModelOutput>, params: FitParams): void {
  for (const callback of callbacks) {
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
