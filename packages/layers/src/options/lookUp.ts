import {
  checkSerialized,
  describeValue,
  isClass,
  type SerializedObject,
  suggestNames,
  ValueError,
} from '@espalier/core';

/**
 * The entry of `table` under `name`.
 * @throws ValueError naming `where` and the nearest known names.
 */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string, what: string, where: string): T {
  const found = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
  if (typeof name !== 'string') refuseKind(name, what, where);
  throw new ValueError({
    where,
    problem: `there is no ${what} '${name}'`,
    mend: suggestNames(name, Object.keys(table)),
  });
}

/** `GlorotUniform` becomes `glorotUniform`: the name under which a class is known. */
export function nameOfClass(className: string): string {
  return className.charAt(0).toLowerCase() + className.slice(1);
}

/**
 * The class name and config that an option gives in place of an object.
 * @throws ValueError where it is something else: a class, an object of another kind, null.
 */
export function asSerialized(value: unknown, what: string, where: string): SerializedObject {
  if (typeof value !== 'object' || value === null || !('config' in value)) refuseKind(value, what, where);
  return checkSerialized(value, `${where}, ${what}`);
}

function refuseKind(value: unknown, what: string, where: string): never {
  throw new ValueError({
    where,
    problem: `this is no ${what}`,
    expected: what === 'activation' ? 'a name or a function of a tensor' : 'a name, an object or the config of one',
    got: describeValue(value),
    ...(isClass(value) && { mend: `make one: new ${value.name}()` }),
  });
}
