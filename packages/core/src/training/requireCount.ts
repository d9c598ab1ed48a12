import { ValueError } from '../errors/kinds.js';

/**
 * @param where The option: `fit, epochs`.
 * @param endless Whether infinity, for no limit, is one too.
 * @throws ValueError unless `value` is an integer of `least` or more.
 */
export function requireCount(where: string, value: number, least = 1, endless = false): void {
  if (Number.isInteger(value) && value >= least) return;
  if (endless && value === Number.POSITIVE_INFINITY) return;
  throw new ValueError({ where, problem: `must be an integer, ${least} or more`, got: String(value) });
}
