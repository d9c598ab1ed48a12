import { ValueError } from '../errors/kinds.js';
import { describeValue, isClass } from './describeValue.js';

/**
 * Refuses an argument that is of another kind, known by a method that its kind has: two copies of a package may meet, so
 * classes are not compared.
 *
 * @param what What it should be: `a storage`.
 * @param mend How one is made.
 * @throws ValueError naming `where`.
 */
export function requireMethod<T>(value: T, method: keyof T & string, where: string, what: string, mend: string): T {
  if (typeof (value as Record<string, unknown> | null | undefined)?.[method] === 'function' && !isClass(value))
    return value;
  throw new ValueError({
    where,
    problem: `this is not ${what}`,
    got: describeValue(value),
    mend: isClass(value) ? `make one: new ${value.name}()` : mend,
  });
}
