import { StateError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';

/** JSON with the numbers that JSON has no words for: NaN, infinities and -0. */
export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item;
    return { $number: item === 0 ? '-0' : String(item) };
  });
}

/** Reads {@link exactJson}. @throws SyntaxError where it is no JSON. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    const tagged = typeof item === 'object' && item !== null && '$number' in item;
    return tagged ? Number(item.$number) : item;
  });
}

/**
 * Refuses what JSON would leave out or turn into something else: functions, tensors, instances of classes.
 * @throws StateError naming the place.
 */
export function requireJson(value: unknown, where: string, mend: string): void {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) requireJson(item, `${where}[${i}]`, mend);
    return;
  }
  if (!isPlain(value)) {
    throw new StateError({ where, problem: 'this cannot be written to a file', got: describeValue(value), mend });
  }
  for (const [key, item] of Object.entries(value)) if (item !== undefined) requireJson(item, `${where}.${key}`, mend);
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const maker: unknown = value.constructor;
  // An object of another page or worker has another Object.
  return typeof maker !== 'function' || maker.name === 'Object';
}
