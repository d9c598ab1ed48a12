import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import ts from 'typescript';

/** One ```ts block of a doc comment or a page. */
export interface DocExample {
  /** Relative to the root, with forward slashes. */
  readonly file: string;
  /** The line of the block's first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** Why the block is only type-checked: the words after `no-run`. */
  readonly noRun?: string;
}

/** A complaint about an example, at its place in the file that a person edits. */
export interface DocProblem {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
}

const opening = /^(\s*(?:\*\s?)?\s*)```ts\b(.*)$/;

function listFiles(root: string, folder: string, keep: (path: string) => boolean): string[] {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '.' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      const isOurs = !['node_modules', 'dist', 'generated', '.vitepress'].includes(entry.name);
      return isOurs && path !== 'apps/docs/api' ? listFiles(root, path, keep) : [];
    }
    return keep(path) ? [path] : [];
  });
}

/** Every file whose ```ts blocks are promises to a reader: sources, READMEs and the pages of the site. */
export function filesWithExamples(root: string): string[] {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  return [
    ...['README.md', ...packages.map((folder) => `${folder}/README.md`)].filter((path) => existsSync(join(root, path))),
    ...packages.flatMap((folder) => listFiles(root, `${folder}/src`, (path) => path.endsWith('.ts'))),
    ...listFiles(root, 'apps/docs', (path) => path.endsWith('.md')),
  ].sort();
}

/**
 * The ```ts blocks of one file. A block opens with ```ts, or with ```ts no-run REASON where it cannot run in a test.
 *
 * @throws Error for a block that never closes, and for a `no-run` without a reason.
 */
export function examplesIn(file: string, text: string): DocExample[] {
  const found: DocExample[] = [];
  const lines = text.split('\n');
  const inComments = !file.endsWith('.md');
  for (let index = 0; index < lines.length; index++) {
    const [, prefix, info] = opening.exec(lines[index] ?? '') ?? [];
    if (prefix === undefined || info === undefined || (inComments && !prefix.includes('*'))) continue;
    const line = index + 2;
    const code: string[] = [];
    for (index++; !/^\s*(?:\*\s?)?\s*```\s*$/.test(lines[index] ?? ''); index++) {
      const text = lines[index];
      if (text === undefined) throw new Error(`${file}:${line - 1}: this block of code never closes`);
      // An empty line of a doc comment has lost the space after its star.
      code.push(text.startsWith(prefix) ? text.slice(prefix.length) : text.slice(prefix.length).trim());
    }
    const noRun = /(?:^|\s)no-run\b(.*)$/.exec(info)?.[1]?.trim();
    if (noRun === '') throw new Error(`${file}:${line - 1}: say after no-run why this example cannot run`);
    found.push({ file, line, code: code.join('\n'), ...(noRun === undefined ? {} : { noRun }) });
  }
  return found;
}

/** Every example of the repository, in the order of files and lines. */
export function findExamples(root: string): DocExample[] {
  return filesWithExamples(root).flatMap((file) => examplesIn(file, readFileSync(join(root, file), 'utf8')));
}

/** Examples as modules on the disk, and the way back from a line of one to the line it came from. */
export class ExampleModules {
  readonly #examples = new Map<string, DocExample>();

  /** Writes a module for each example into `folder`, which must lie inside the workspace for its imports to resolve. */
  constructor(examples: readonly DocExample[], folder: string) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const example of examples) {
      const stem = example.file.replace(/[^\w]+/g, '-');
      const path = join(folder, `${stem}-L${example.line}.ts`).split(sep).join('/');
      // The code comes first and unchanged, so that the lines of the module are those of the example.
      writeFileSync(path, `${example.code}\nexport {};\n`);
      this.#examples.set(path, example);
    }
  }

  /** Paths of the modules with their examples. */
  entries(): [string, DocExample][] {
    return [...this.#examples];
  }

  /** Type-checks all modules in one program, with the options of the workspace's tsconfig.json. */
  typeProblems(root: string): DocProblem[] {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
    const config = ts.getParsedCommandLineOfConfigFile(join(root, 'tsconfig.json'), {}, host);
    if (config === undefined) throw new Error('tsconfig.json cannot be read');
    const program = ts.createProgram({
      rootNames: [...this.#examples.keys()],
      options: { ...config.options, moduleDetection: ts.ModuleDetectionKind.Force },
    });
    return [...this.#examples].flatMap(([path, example]) => {
      const source = program.getSourceFile(path);
      if (source === undefined) throw new Error(`TypeScript did not read ${basename(path)}`);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return diagnostics.map(({ start = 0, code, messageText }) => ({
        file: example.file,
        line: example.line + source.getLineAndCharacterOfPosition(start).line,
        problem: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      }));
    });
  }

  /** Where in the edited file an error of the module at `path` was thrown; the start of the example if its stack is silent. */
  placeOf(path: string, error: unknown): string {
    const example = this.#examples.get(path);
    if (example === undefined) throw new Error(`no example was written to ${relative('.', path)}`);
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    const frame = stack.split(`${basename(path)}:`)[1];
    const line = Number.parseInt(frame ?? '', 10);
    return `${example.file}:${Number.isNaN(line) ? example.line : example.line + line - 1}`;
  }
}
