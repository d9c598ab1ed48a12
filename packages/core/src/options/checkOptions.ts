import { ValueError } from '../errors/kinds.js';
import { nearestNames } from '../errors/suggest.js';
import type { OptionTable } from './OptionTable.js';

type Kinds = Readonly<Record<string, string>>;

/** How errors call a type. */
const WORDS: Kinds = {
  boolean: 'true or false',
  function: 'a function',
  integer: 'a whole number',
  list: 'a list',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/**
 * Refuses options that nobody would read: unknown, misspelt, in snake case, of another type, and those that are missing.
 *
 * @param options What the caller gave; `undefined` stands for none.
 * @param owner What errors speak of; default the table's.
 * @returns The options, an empty object where there are none.
 * @throws ValueError that names each of them, and what was meant most likely.
 */
export function checkOptions<O>(options: O | undefined, table: OptionTable<O>, owner: string = table.owner): O {
  const kinds: Kinds = table.kinds;
  if (options !== undefined && !isPlain(options)) refusePlain(options, kinds, owner);
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(kinds, name));
  if (unknown.length > 0) refuseUnknown(unknown, table, owner);
  for (const [name, kind] of Object.entries(kinds)) {
    const value = given[name];
    const types = kind.replace('!', '').split('|');
    if (value === undefined ? !kind.endsWith('!') : types.some((type) => isOf(type, value))) continue;
    throw new ValueError({
      where: `${owner}, ${name}`,
      problem: value === undefined ? `the option '${name}' is missing` : 'the option has another type',
      ...(types[0] !== 'any' && { expected: types.map((type) => WORDS[type]).join(' or ') }),
      ...(value !== undefined && { got: describeValue(value) }),
    });
  }
  return given as O;
}

/** A value in a few words: `'0.1' (a string)`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'boolean') return String(value);
  if (typeof value === 'string')
    return `${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)} (a string)`;
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value !== 'object') return String(value);
  const { name } = (value as object).constructor ?? {};
  return name === undefined || name === 'Object' ? 'an object' : `an object of the class ${name}`;
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'integer':
      return Number.isInteger(value) || value === Number.POSITIVE_INFINITY;
    case 'list':
      return isList(value);
    case 'number':
      return typeof value === 'number' && !Number.isNaN(value);
    case 'object':
      return typeof value === 'object' && value !== null && !isList(value);
    default:
      // biome-ignore lint/suspicious/useValidTypeof: the other types are called as typeof calls them
      return typeof value === type;
  }
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

/** Options are an object written on the spot, or one that was frozen, spread or read from a file. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || isList(value)) return false;
  const maker: unknown = value.constructor;
  // An object of another page or worker has another Object.
  return typeof maker !== 'function' || maker.name === 'Object';
}

function refusePlain(value: unknown, kinds: Kinds, owner: string): never {
  const meant = Object.keys(kinds).find((name) =>
    kinds[name]!.replace('!', '')
      .split('|')
      .some((type) => type !== 'any' && isOf(type, value)),
  );
  throw new ValueError({
    where: owner,
    problem: 'options are given by name, in one object',
    got: describeValue(value),
    ...(meant !== undefined && { mend: `write ({ ${meant}: ${typeof value === 'number' ? value : '…'} })` }),
  });
}

function refuseUnknown(unknown: readonly string[], { kinds, later }: OptionTable, owner: string): never {
  const known = Object.keys(kinds);
  const hints = unknown.map((name) => {
    const camel = camelCase(name);
    const instead = Object.hasOwn(later, camel) ? later[camel] : undefined;
    if (instead !== undefined) return `Keras's '${name}' is not there yet${instead === '' ? '' : `: ${instead}`}`;
    if (Object.hasOwn(kinds, camel)) return `'${name}' is '${camel}' here`;
    const near = nearestNames(camel, known, 1)[0];
    return near === undefined ? undefined : `for '${name}' did you mean '${near}'?`;
  });
  const said = hints.filter((hint) => hint !== undefined);
  throw new ValueError({
    where: owner,
    problem: `there is no option ${unknown.map((name) => `'${name}'`).join(', ')}`,
    expected: known.length === 0 ? 'no options' : known.join(', '),
    ...(said.length > 0 && { mend: said.join('; ') }),
  });
}

function camelCase(name: string): string {
  const [first = '', ...rest] = name.split('_').filter((part) => part !== '');
  return [first, ...rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1))].join('');
}
