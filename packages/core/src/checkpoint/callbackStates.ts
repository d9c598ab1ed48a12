import type { Callback, CallbackState } from '../callbacks/Callback.js';

/** The states of the callbacks that have one, each under its name; a repeated name is numbered in order. */
export function callbackStates(callbacks: Iterable<Callback>): Map<string, CallbackState> {
  const states = new Map<string, CallbackState>();
  for (const [key, callback] of byKey(callbacks)) {
    const state = callback.state();
    if (state !== undefined) states.set(key, state);
  }
  return states;
}

/** Gives the callbacks their states back; those that had none saved start afresh. */
export function restoreCallbacks(callbacks: Iterable<Callback>, states: ReadonlyMap<string, CallbackState>): void {
  for (const [key, callback] of byKey(callbacks)) {
    const state = states.get(key);
    if (state !== undefined) callback.restoreState(state);
  }
}

function* byKey(callbacks: Iterable<Callback>): Iterable<[string, Callback]> {
  const seen = new Map<string, number>();
  for (const callback of callbacks) {
    if (callback.name === '') continue;
    const count = (seen.get(callback.name) ?? 0) + 1;
    seen.set(callback.name, count);
    yield [count === 1 ? callback.name : `${callback.name}#${count}`, callback];
  }
}
