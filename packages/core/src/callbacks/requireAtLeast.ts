import { ValueError } from '../errors/kinds.js';

/** @throws ValueError naming the first of the options that is not a whole number (or infinity) of `least` or more. */
export function requireAtLeast(least: number, owner: string, options: Readonly<Record<string, number | string>>): void {
  for (const [option, value] of Object.entries(options)) {
    if ((Number.isInteger(value) || value === Number.POSITIVE_INFINITY) && (value as number) >= least) continue;
    throw new ValueError({
      where: `${owner}, ${option}`,
      problem: 'out of range',
      expected: `a whole number, ${least} or more`,
      got: String(value),
    });
  }
}
