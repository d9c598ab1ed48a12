import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend } from '@espalier/core';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExampleModules, examplesIn, findExamples } from '../internal/testing/src/docExamples.js';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const folder = `${root}/.cache/doc-examples/${process.pid}`;
const modules = new ExampleModules(findExamples(root), `${folder}/found`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('examples in doc comments, READMEs and pages', () => {
  it('are many', () => {
    // A runner that finds nothing would pass in silence.
    expect(modules.entries().length).toBeGreaterThan(30);
  });

  it('type-check', () => {
    const problems = modules.typeProblems(root).map(({ file, line, problem }) => `${file}:${line}  ${problem}`);
    expect(problems).toEqual([]);
  });

  describe('run', () => {
    beforeEach(() => {
      vi.spyOn(console, 'log').mockImplementation(() => {});
    });
    afterEach(() => {
      vi.restoreAllMocks();
    });

    for (const [path, { file, line, code, noRun }] of modules.entries()) {
      it.skipIf(noRun !== undefined)(
        `${file}:${line}${noRun === undefined ? '' : ` (not run: ${noRun})`}`,
        async () => {
          // An example about the choice of a backend makes it; for the others a reader has made it before.
          if (!/\b(activate|use)Backend\s*\(/.test(code)) await activateBackend(wasm());
          try {
            await import(/* @vite-ignore */ path);
          } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            throw new Error(`${modules.placeOf(path, error)}: ${message}`, { cause: error });
          }
        },
      );
    }
  });
});

describe('the reader of examples', () => {
  it('takes blocks out of doc comments with their lines', () => {
    const text = ['/**', ' * A sum.', ' *', ' * ```ts', ' * const a = 1;', ' *', ' *   a;', ' * ```', ' */'].join('\n');
    expect(examplesIn('packages/a/src/b.ts', text)).toEqual([
      { file: 'packages/a/src/b.ts', line: 5, code: 'const a = 1;\n\n  a;' },
    ]);
  });

  it('takes blocks out of pages, and only those of TypeScript', () => {
    const text = '```sh\nls\n```\n\n```ts\nlet a;\n```\n```tsx\n```\n';
    expect(examplesIn('README.md', text)).toEqual([{ file: 'README.md', line: 6, code: 'let a;' }]);
  });

  it('wants a reason for what is not run', () => {
    expect(examplesIn('README.md', '```ts no-run needs a GPU\nlet a;\n```')).toEqual([
      { file: 'README.md', line: 2, code: 'let a;', noRun: 'needs a GPU' },
    ]);
    expect(() => examplesIn('README.md', '\n```ts no-run\nlet a;\n```')).toThrow('README.md:2: say after no-run why');
  });

  it('sees a block that never closes', () => {
    expect(() => examplesIn('README.md', '```ts\nlet a;\n')).toThrow('README.md:1: this block of code never closes');
  });

  it('reports wrong types and thrown errors at the line of the source', async () => {
    const text = 'intro\n```ts\nconst a: string = 1;\n\nthrow new Error(a);\n```';
    const planted = new ExampleModules(examplesIn('page.md', text), `${folder}/planted`);
    expect(planted.typeProblems(root)).toEqual([
      { file: 'page.md', line: 3, problem: "TS2322: Type 'number' is not assignable to type 'string'." },
    ]);
    const [path = ''] = planted.entries()[0] ?? [];
    const error = await import(/* @vite-ignore */ path).catch((thrown: unknown) => thrown);
    expect(planted.placeOf(path, error)).toBe('page.md:5');
  });
});
