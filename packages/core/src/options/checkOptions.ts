import { ValueError } from '../errors/kinds.js';
import { nearestNames } from '../errors/suggest.js';
import { camelCase } from './camelCase.js';
import { describeValue, isClass } from './describeValue.js';
import type { OptionTable } from './OptionTable.js';

export { describeValue };

type Kinds = Readonly<Record<string, string>>;

/** How errors call a type. */
const WORDS: Kinds = {
  boolean: 'true or false',
  function: 'a function',
  integer: 'a whole number',
  list: 'a list',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a name',
};

/**
 * Refuses options that nobody would read: unknown, misspelt, in snake case, inherited, of another type, and those that are
 * missing.
 *
 * @param options What the caller gave; `undefined` stands for none.
 * @param owner What errors speak of; default the table's.
 * @returns The options, an empty object where there are none.
 * @throws ValueError that names each of them, and what was meant most likely.
 */
export function checkOptions<O>(options: O | undefined, table: OptionTable<O>, owner: string = table?.owner): O {
  if (typeof table?.kinds !== 'object') refuseSecond(table);
  const kinds: Kinds = table.kinds;
  if (options !== undefined && !isPlain(options)) refusePlain(options, table, owner);
  const given = (options ?? {}) as Readonly<Record<PropertyKey, unknown>>;
  const unknown = keysOf(given).filter((name) => !Object.hasOwn(kinds, name));
  if (unknown.length > 0) refuseUnknown(unknown, table, owner);
  for (const [name, kind] of Object.entries(kinds)) {
    const value = given[name];
    const types = typesOf(kind);
    if (value === undefined ? !kind.endsWith('!') : types.some((type) => isOf(type, value))) continue;
    const mend = value === undefined ? undefined : mendOf(value, types);
    throw new ValueError({
      where: `${owner}, ${name}`,
      problem: value === undefined ? `the option '${name}' is missing` : 'the option has the wrong type',
      ...(types[0] !== 'any' && { expected: types.map((type) => WORDS[type]).join(' or ') }),
      ...(value !== undefined && { got: describeValue(value) }),
      ...(mend !== undefined && { mend }),
    });
  }
  return given as O;
}

/** Constructors hand on a table behind the options; from a user it is an argument too many. */
function refuseSecond(given: unknown): never {
  throw new ValueError({
    where: 'the second argument',
    problem: 'options are given by name, in one object',
    got: describeValue(given),
    mend: 'write all of them in the first',
  });
}

function typesOf(kind: string): string[] {
  return kind.replace('!', '').split('|');
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'integer':
      return Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
    case 'list':
      return isList(value);
    case 'null':
      return value === null;
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'object':
      return typeof value === 'object' && value !== null && !isList(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    default:
      return typeof value === 'function' && !isClass(value);
  }
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Names of options as the caller wrote them, those that are symbols in words. */
function keysOf(given: object): string[] {
  const symbols = Object.getOwnPropertySymbols(given).filter((symbol) => Object.hasOwn({ ...given }, symbol));
  return [...Object.keys(given), ...symbols.map(String)];
}

/** Options are an object written on the spot, or one that was frozen, spread or read from a file. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isList(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // The Object of another page or worker is another one: it is known by having nothing above it.
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'toString'))
  );
}

/** What was meant by a value of the wrong type, where that can be told. */
function mendOf(value: unknown, types: readonly string[]): string | undefined {
  if (value === null) return 'leave the option out';
  if (isClass(value) && types.includes('object')) return `make one: new ${value.name}()`;
  if (typeof value === 'number' && types.includes('list')) return `write [${value}]`;
  if (typeof value !== 'string') return undefined;
  const bare = value.trim();
  const isTruth = types.includes('boolean') && /^(true|false)$/i.test(bare);
  const isNumber = types.some((type) => type === 'number' || type === 'integer') && bare !== '' && !Number.isNaN(+bare);
  return isTruth || isNumber ? `write ${bare.toLowerCase()} without quotes` : undefined;
}

function refusePlain(value: unknown, { kinds, first }: OptionTable, owner: string): never {
  const all = kinds as Kinds;
  const fits = (name: string) => typesOf(all[name]!).some((type) => type !== 'any' && isOf(type, value));
  const known = Object.keys(all);
  const needed = known.find((name) => all[name]!.endsWith('!') && fits(name));
  const isObject = typeof value === 'object' && value !== null && !isList(value);
  // An object may be options after all, of a class of its own. What is needed comes first, even if this is no value for it.
  const usual = needed ?? (first !== undefined && fits(first) ? first : known.find((name) => all[name]!.endsWith('!')));
  const meant = needed ?? (isObject ? undefined : (usual ?? known.find(fits)));
  const fitting = meant !== undefined && fits(meant);
  const shown =
    fitting && typeof value === 'number' ? value : fitting && typeof value === 'string' ? `'${value}'` : '…';
  throw new ValueError({
    where: owner,
    problem: 'options are given by name, in one object',
    got: describeValue(value),
    ...(meant !== undefined && { mend: `write ({ ${meant}: ${shown} })` }),
    ...(meant === undefined && isObject && { mend: 'write them in an object of their own: ({ name: value })' }),
  });
}

function refuseUnknown(unknown: readonly string[], { kinds, later, note }: OptionTable, owner: string): never {
  const known = Object.keys(kinds);
  const hints = unknown.map((name) => {
    const camel = camelCase(name);
    if (Object.hasOwn(later, camel)) {
      return later[camel] === '' ? `Keras's '${name}' is not there yet` : `there is no '${name}' yet: ${later[camel]}`;
    }
    if (Object.hasOwn(kinds, camel)) return `'${name}' is '${camel}' here`;
    const near = nearestNames(camel, known, 1)[0];
    return near === undefined ? undefined : `for '${name}' did you mean '${near}'?`;
  });
  const said = [...hints, note].filter((hint) => hint !== undefined);
  throw new ValueError({
    where: owner,
    problem: `there is no option ${unknown.map((name) => `'${name}'`).join(', ')}`,
    expected: known.length === 0 ? 'no options' : known.join(', '),
    ...(said.length > 0 && { mend: said.join('; ') }),
  });
}
