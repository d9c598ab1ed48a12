import { DataError } from '@espalier/core';

/** Maps rather than objects hold the words, because objects reorder keys such as `'2024'` and know `'constructor'`. */
export type Counts<Key extends string | number> = Map<Key, number>;

/** Writes a map as Python's `json.dumps` does: in its order, with spaces, and in ASCII. */
export function dumpMap(map: Map<string | number, string | number>): string {
  const entries = [...map].map(
    ([key, value]) => `${dumpText(String(key))}: ${typeof value === 'number' ? value : dumpText(value)}`,
  );
  return `{${entries.join(', ')}}`;
}

function dumpText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ENTRY = /\s*("(?:[^"\\]|\\.)*")\s*:\s*(-?\d+|"(?:[^"\\]|\\.)*")\s*(,|$)/gy;

/**
 * Reads a flat JSON object in the order it was written, which `JSON.parse` would not keep for keys such as `'2024'`.
 *
 * @throws DataError if it is something else.
 */
export function loadMap(json: unknown, where: string): [string, string | number][] {
  const broken = (got: string) =>
    new DataError({ where, problem: 'not a JSON object of words and counts', expected: '{"word": 1, …}', got });
  if (typeof json !== 'string') throw broken(typeof json);
  const text = json.trim();
  const parse = (part: string) => {
    try {
      return JSON.parse(part);
    } catch {
      throw broken(part.slice(0, 40));
    }
  };
  if (!text.startsWith('{') || !text.endsWith('}')) throw broken(text.slice(0, 40));
  const inside = text.slice(1, -1).trim();
  const entries: [string, string | number][] = [];
  let read = 0;
  for (const match of inside.matchAll(ENTRY)) {
    entries.push([parse(match[1]!), parse(match[2]!)]);
    read = match.index + match[0].length;
  }
  if (read !== inside.length || inside.endsWith(',')) throw broken(inside.slice(read, read + 40) || inside.slice(-1));
  return entries;
}
