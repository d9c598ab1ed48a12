import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { properties } from './properties.js';
import { countByOperation, notDifferentiable } from './tables/operations.js';

const dist = new URL('../../node_modules/@tensorflow/tfjs-core/dist/ops/', import.meta.url);
const declarations = (file: string): string => readFileSync(new URL(`${file}.d.ts`, dist), 'utf8');

/** What the typings of tfjs-core export as operations, each once: `spectral.fft` is `fft`. */
function exported(): string[] {
  const list = declarations('ops');
  const single = [...list.matchAll(/^export \{ (?:\w+, )?(\w+) \} from '\.\/(?!operation)/gm)].map(([, name]) => name!);
  const starred = [...list.matchAll(/^export \* from '\.\/(\w+)'/gm)].flatMap(([, file]) =>
    [...declarations(file!).matchAll(/^export declare (?:const|function) (\w+)/gm)].map(([, name]) => name!),
  );
  const { fused, image, linalg, losses, signal, sparse, string } = tf;
  const grouped = Object.entries({ fused, image, linalg, losses, signal, sparse, string }).flatMap(([space, members]) =>
    Object.keys(members).map((name) => `${space}.${name}`),
  );
  return [...new Set([...single, ...starred, ...grouped])].sort();
}

describe('the table of operations', () => {
  it('has every operation of tfjs-core: with rows, or with the reason why it has no gradient', () => {
    const known = new Set([
      ...countByOperation().keys(),
      ...Object.values(notDifferentiable).flatMap((names) => names.split(' ')),
    ]);
    expect(exported().length).toBeGreaterThan(240);
    expect(exported().filter((name) => !known.has(name))).toEqual([]);
  });

  it('names no operation that does not exist, and none twice', () => {
    const names = [...countByOperation().keys(), ...Object.values(notDifferentiable).flatMap((all) => all.split(' '))];
    const real = new Set(exported());
    expect(names.filter((name) => !real.has(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is the one on the page: run npm run gradients', () => {
    const page = readFileSync(new URL('table.md', import.meta.url), 'utf8');
    const shown = new Map([...page.matchAll(/^\| `([\w.]+)` \|.*?\| (\d+) \|/gm)].map(([, op, n]) => [op!, Number(n)]));
    const expected = countByOperation();
    for (const { op, runs } of properties) expected.set(op, (expected.get(op) ?? 0) + runs);
    expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(expected));
    for (const reason of Object.keys(notDifferentiable)) expect(page).toContain(reason);
  });
});
