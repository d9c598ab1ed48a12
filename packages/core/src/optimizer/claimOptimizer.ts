import { StateError } from '../errors/kinds.js';
import { innermostOf } from './innermostOf.js';
import type { Optimizer } from './Optimizer.js';

/** Registered, so that two installed copies of the package see each other's claims. */
const OWNER = Symbol.for('espalier.optimizer.owner');

/** Whose parameters an optimizer's state is for. */
interface Owner {
  readonly model: WeakRef<object>;
  /** How errors call it, also when it is gone. */
  readonly label: string;
}

type Claimed = Optimizer & { [OWNER]?: Owner };

/** Whether an optimizer's state is that of another model. One without a state, new or disposed of, is nobody's. */
function foreignOwner(optimizer: Optimizer, model: object): Owner | undefined {
  const owner = (innermostOf(optimizer) as Claimed)[OWNER];
  if (owner === undefined || owner.model.deref() === model) return undefined;
  return optimizer.iterations > 0 || optimizer.state().slots.size > 0 ? owner : undefined;
}

/** Whether the state of an optimizer may be thrown away with this model. */
export function mayDispose(optimizer: Optimizer, model: object): boolean {
  return foreignOwner(optimizer, model) === undefined;
}

/**
 * @param label How errors call the model.
 * @throws StateError where the optimizer has steps of another model in it, also inside a transform: slots go by path, and
 * two models would share them where their layers have the same names.
 */
export function requireUnclaimed(optimizer: Optimizer, model: object, label: string, where: string): void {
  const owner = foreignOwner(optimizer, model);
  if (owner === undefined) return;
  const other = owner.label === label ? `another ${label}` : owner.label;
  throw new StateError({
    where,
    problem: `the optimizer '${optimizer.name}' trains another model already`,
    expected: `an optimizer that only ${label} has`,
    got: `one with ${optimizer.iterations} steps for ${other}`,
    mend: 'make a new optimizer for each model, or call optimizer.dispose() to begin again with this one',
  });
}

/** Takes an optimizer for a model. Throws as {@link requireUnclaimed} does. */
export function claimOptimizer(optimizer: Optimizer, model: object, label: string, where: string): void {
  const inside = innermostOf(optimizer) as Claimed;
  if (inside[OWNER]?.model.deref() === model) return;
  requireUnclaimed(optimizer, model, label, where);
  Object.defineProperty(inside, OWNER, { value: { model: new WeakRef(model), label }, configurable: true });
}
