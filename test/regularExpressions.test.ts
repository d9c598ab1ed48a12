// A regular expression that backtracks takes the square of the text's length or more: 80 kB of blanks are half a minute.
import { readdirSync, readFileSync } from 'node:fs';

import { check } from 'recheck';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

process.env.RECHECK_BACKEND = 'pure';

/** Expressions that are made while running, by file, with the reason why no foreign text can make them slow. */
const MADE: Readonly<Record<string, string>> = {
  'packages/backend-wasm/src/engine/cores.ts': 'reads what the kernel says of its processors',
  'packages/backend-wasm/src/kernels/sparse/StaticRegexReplace.ts': "the operation's own argument is the expression",
};

interface Found {
  readonly file: string;
  readonly literals: readonly string[];
  readonly makes: boolean;
}

function sources(): string[] {
  return readdirSync('packages').flatMap((name) =>
    readdirSync(`packages/${name}/src`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
      .map((file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`),
  );
}

function expressions(): Found[] {
  const found: Found[] = [];
  for (const file of sources()) {
    const literals: string[] = [];
    let makes = false;
    const visit = (node: ts.Node): void => {
      if (ts.isRegularExpressionLiteral(node)) literals.push(node.text);
      const called = ts.isNewExpression(node) || ts.isCallExpression(node) ? node.expression.getText() : '';
      if (called === 'RegExp') makes = true;
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
    if (literals.length > 0 || makes) found.push({ file, literals, makes });
  }
  return found;
}

async function verdict(literal: string): Promise<string> {
  const end = literal.lastIndexOf('/');
  const found = await check(literal.slice(1, end), literal.slice(end + 1), { timeout: 30_000 });
  if (found.status === 'safe') return 'linear';
  return found.status === 'vulnerable' ? found.complexity.summary : found.status;
}

const all = expressions();
const literals = new Map(all.flatMap(({ file, literals }) => literals.map((literal) => [literal, file] as const)));

describe('regular expressions', () => {
  it('are found', () => {
    expect(literals.size).toBeGreaterThan(30);
  });

  it.each([
    [String.raw`/\s+$/`, '2nd degree polynomial'],
    ['/<!--.*?-->/gs', '2nd degree polynomial'],
    ['/^(a+)+$/', 'exponential'],
  ])('that backtrack are noticed: %s', async (literal, expected) => {
    expect(await verdict(literal)).toContain(expected);
  });

  it.each([...literals].map(([literal, file]) => [file, literal]))('in %s: %s', async (_, literal) => {
    expect(await verdict(literal)).toBe('linear');
  });

  it('are made while running in known places only', () => {
    const unknown = all.filter(({ file, makes }) => makes && !(file in MADE)).map(({ file }) => file);
    expect(unknown).toEqual([]);
  });
});
