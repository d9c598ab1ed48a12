import type { Optimizer } from './Optimizer.js';

/** The optimizer inside all transforms: the one that has the state. */
export function innermostOf(optimizer: Optimizer): Optimizer {
  return optimizer.optimizer === undefined ? optimizer : innermostOf(optimizer.optimizer);
}
