import { suggestNames, ValueError } from '@espalier/core';

/**
 * The entry of `table` under `name`.
 * @throws ValueError naming `where` and the nearest known names.
 */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string, what: string, where: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined;
  if (found !== undefined) return found;
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
