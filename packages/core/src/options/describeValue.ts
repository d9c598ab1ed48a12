/** A value in a few words, for errors: `"0.1" (a string)`, `the class Adam`, `a list of 3`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') {
    return `${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)} (a string)`;
  }
  if (typeof value === 'function') {
    return `${value.name === '' ? 'a' : 'the'} ${isClass(value) ? 'class' : 'function'} ${value.name}`.trimEnd();
  }
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return String(value);
  const { name } = value.constructor ?? {};
  if (typeof name === 'string' && name !== 'Object') return `an object of the class ${name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? 'an empty object' : `an object with ${keys.slice(0, 4).join(', ')}`;
}

/** Whether a value is a class, which is often given where an object that it makes is wanted. */
export function isClass(value: unknown): value is new (...args: never) => object {
  return typeof value === 'function' && /^class\b/.test(Function.prototype.toString.call(value));
}
