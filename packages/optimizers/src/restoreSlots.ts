import { CheckpointError, showShape } from '@espalier/core';
import type { Tensor } from '@tensorflow/tfjs-core';

type Slots = ReadonlyMap<string, Tensor>;

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** @throws CheckpointError naming what is missing and what is too much, unless both are empty. */
export function refuseNames(where: string, missing: readonly string[], extra: readonly string[]): void {
  if (missing.length === 0 && extra.length === 0) return;
  throw new CheckpointError({
    where,
    problem: 'the saved optimizer state does not fit',
    ...(missing.length > 0 && { expected: `also ${list(missing)}, missing in the state` }),
    ...(extra.length > 0 && { got: `${list(extra)}, unknown here` }),
    mend: 'restore a state of the same optimizer, with the same options and for the same parameters',
  });
}

/**
 * Checks that saved slots have the names this kind of optimizer uses, all of them for each parameter, and fit the slots
 * that it holds already, if it has made steps. Parameters on one side only were frozen or unfrozen in between; where
 * both sides have some, layers were renamed.
 * @throws CheckpointError with the missing and the extra names, or the two shapes.
 */
export function checkSlots(where: string, kinds: readonly string[], saved: Slots, held: Slots): void {
  const unknown = [...saved.keys()].filter((name) => !kinds.includes(kindOf(name)));
  const paths = new Set([...saved.keys()].filter((name) => kinds.includes(kindOf(name))).map(pathOf));
  const missing = [...paths].flatMap((path) => kinds.map((kind) => `${kind}/${path}`)).filter((n) => !saved.has(n));
  const gone = [...held.keys()].filter((name) => !paths.has(pathOf(name)));
  const fresh = held.size === 0 ? [] : [...saved.keys()].filter((n) => !held.has(n) && !unknown.includes(n));
  if (gone.length > 0 && fresh.length > 0) refuseNames(where, [...missing, ...gone], [...unknown, ...fresh]);
  refuseNames(where, missing, unknown);
  for (const [name, slot] of held) {
    const other = saved.get(name);
    if (other !== undefined) checkSlotShape(where, name, other, slot.shape);
  }
}

/** @throws CheckpointError unless the slot has the shape of its parameter. */
export function checkSlotShape(where: string, name: string, slot: Tensor, shape: readonly number[]): void {
  if (slot.shape.length === shape.length && slot.shape.every((size, i) => size === shape[i])) return;
  throw new CheckpointError({
    where,
    problem: `the saved slot '${name}' does not have the shape of its parameter`,
    expected: showShape(shape),
    got: showShape(slot.shape),
    mend: 'restore a state that was saved from the same architecture',
  });
}

function kindOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}

/** The parameter's path in the name of a slot. */
export function pathOf(name: string): string {
  return name.slice(name.indexOf('/') + 1);
}
