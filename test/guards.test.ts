import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trackedFiles } from '../scripts/lib/files.mjs';
import type { Guard, Verdict, Violation } from '../scripts/lib/guard.mjs';
import { publishedPackages, repository } from '../scripts/lib/workspace.mjs';

const guardFiles = readdirSync(join(repository, 'scripts/guards')).filter(
  (file) => file.endsWith('.mjs') && file !== 'run.mjs',
);

/** A copy of the workspace to break: its files, its built packages, and its installed dependencies by link. */
function copyWorkspace(): string {
  const copy = mkdtempSync(join(tmpdir(), 'espalier-guards-'));
  const link = (path: string) => {
    if (existsSync(join(repository, path))) symlinkSync(join(repository, path), join(copy, path));
  };
  for (const path of trackedFiles(repository)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(join(repository, path), join(copy, path));
  }
  link('node_modules');
  link('apps/docs/node_modules');
  link('bench/node_modules');
  for (const { short } of publishedPackages()) {
    link(`packages/${short}/node_modules`);
    for (const built of ['dist', 'src/generated']) {
      const from = join(repository, 'packages', short, built);
      if (existsSync(from)) cpSync(from, join(copy, 'packages', short, built), { recursive: true });
    }
  }
  return copy;
}

/** One violation to plant, and the report that must follow. */
interface Plant {
  readonly guard: string;
  readonly what: string;
  readonly plant: (root: string) => void;
  readonly file: string;
  readonly problem: RegExp;
}

const write = (path: string, text: string) => (root: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const append = (path: string, text: string) => (root: string) => appendFileSync(join(root, path), text);
// biome-ignore lint/suspicious/noExplicitAny: a JSON file has whatever shape it has.
const edit = (path: string, change: (value: any) => void) => (root: string) => {
  const value = JSON.parse(readFileSync(join(root, path), 'utf8'));
  change(value);
  writeFileSync(join(root, path), JSON.stringify(value, null, 2));
};

// Put together, so that the guard of words does not find them here.
const machinePath = ['', 'home', 'someone', 'espalier'].join('/');
const registry = ['registry', 'npmjs', 'org'].join('.');

const plants: Plant[] = [
  {
    guard: 'imports',
    what: 'layers reaching for optimizers',
    plant: write(
      'packages/layers/src/Planted1.ts',
      "import { Adam } from '@espalier/optimizers';\nexport const planted = Adam;\n",
    ),
    file: 'packages/layers/src/Planted1.ts',
    problem: /layers may not import '@espalier\/optimizers'/,
  },
  {
    guard: 'bundlers',
    what: 'an environment that is taken apart',
    plant: write(
      'packages/datasets/src/Planted0.ts',
      'const { HOME } = process.env;\nexport const planted = [HOME, process.env.HOME];\n',
    ),
    file: 'packages/datasets/src/Planted0.ts',
    problem: /process.env.NAME one by one/,
  },
  {
    guard: 'imports',
    what: 'the same by a type alone',
    plant: write('packages/layers/src/Planted2.ts', "export type Planted = import('@espalier/optimizers').Adam;\n"),
    file: 'packages/layers/src/Planted2.ts',
    problem: /layers may not import '@espalier\/optimizers'/,
  },
  {
    guard: 'imports',
    what: 'a module of Node in code for browsers',
    plant: write(
      'packages/core/src/Planted3.ts',
      "import { readFileSync } from 'node:fs';\nexport const planted = readFileSync;\n",
    ),
    file: 'packages/core/src/Planted3.ts',
    problem: /browsers cannot load/,
  },
  {
    guard: 'imports',
    what: 'a way into the inside of the peer',
    plant: write('packages/core/src/Planted4.ts', "import '@tensorflow/tfjs-core/dist/register_all_gradients';\n"),
    file: 'packages/core/src/Planted4.ts',
    problem: /only the package's own entry/,
  },
  {
    guard: 'imports',
    what: 'a dependency that no source uses',
    plant: edit('packages/core/package.json', (manifest) => {
      manifest.dependencies = { 'left-over': '^1.0.0' };
    }),
    file: 'packages/core/package.json',
    problem: /'left-over', which no source file imports/,
  },
  {
    guard: 'imports',
    what: 'an import that package.json does not declare',
    plant: edit('packages/layers/package.json', (manifest) => {
      manifest.dependencies = {};
    }),
    file: 'packages/layers/src/',
    problem: /'@espalier\/core', which package.json does not depend on/,
  },
  {
    guard: 'imports',
    what: 'a new package that the table does not know',
    plant: (root) => {
      write('packages/planted/package.json', '{ "name": "@espalier/planted", "version": "0.0.0" }')(root);
      write('packages/planted/dist/index.js', 'export {};\n')(root);
      write('packages/planted/src/index.ts', "export * from '@espalier/core';\n")(root);
    },
    file: 'packages/planted/src/index.ts',
    problem: /is not in scripts\/lib\/allowedImports.mjs/,
  },
  {
    guard: 'imports',
    what: 'a circle of values between three files',
    plant: (root) => {
      for (const [from, to] of ['AB', 'BC', 'CA']) {
        const text = `import { planted${to} } from './Planted${to}.js';\nexport const planted${from} = () => planted${to};\n`;
        write(`packages/core/src/Planted${from}.ts`, text)(root);
      }
    },
    file: 'packages/core/src/PlantedC.ts',
    problem: /PlantedA.ts -> PlantedB.ts -> PlantedC.ts -> PlantedA.ts/,
  },
  {
    guard: 'sizes',
    what: 'a bundle over its budget',
    plant: edit('scripts/guards/sizes/budgets.json', (budgets) => {
      for (const entry of budgets.entries) entry.kB = 0.001;
    }),
    file: 'scripts/guards/sizes/budgets.json',
    problem: /Sequential .* kB, budget 0.001 kB/,
  },
  {
    guard: 'sizes',
    what: 'a package without a budget',
    plant: edit('scripts/guards/sizes/budgets.json', (budgets) => {
      delete budgets.packages.core;
    }),
    file: 'scripts/guards/sizes/budgets.json',
    problem: /no budget for 'core'/,
  },
  {
    guard: 'docs',
    what: 'a class and a member without a word',
    plant: append('packages/core/src/index.ts', 'export class PlantedClass {\n  /** Said. */\n  a = 1;\n  b = 2;\n}\n'),
    file: 'packages/core/src/index.ts',
    problem: /^PlantedClass.b has no doc comment$/,
  },
  {
    guard: 'docs',
    what: 'an option without a word',
    plant: append('packages/core/src/index.ts', '/** Said. */\nexport interface PlantedOptions {\n  a?: number;\n}\n'),
    file: 'packages/core/src/index.ts',
    problem: /^PlantedOptions.a has no doc comment$/,
  },
  {
    guard: 'publish',
    what: 'exports that lead nowhere, and types of the wrong module system',
    plant: edit('packages/core/package.json', (manifest) => {
      manifest.exports['.'].require = { types: './dist/index.d.ts', default: './dist/missing.cjs' };
    }),
    file: 'packages/core/package.json',
    problem: /publint: .*missing\.cjs|attw .*FalseESM/,
  },
  {
    guard: 'style',
    what: 'a file that Biome would write otherwise',
    plant: write('packages/core/src/Planted14.ts', 'export const planted = "double"\n'),
    file: 'packages/core/src/Planted14.ts',
    problem: /format/,
  },
  {
    guard: 'types',
    what: 'a wrong type',
    plant: write('packages/core/src/Planted15.ts', "export const planted: number = 'one';\n"),
    file: 'packages/core/src/Planted15.ts',
    problem: /TS2322/,
  },
  {
    guard: 'words',
    what: 'the path of a machine',
    plant: write('packages/core/src/Planted16.ts', `export const planted = '${machinePath}';\n`),
    file: 'packages/core/src/Planted16.ts',
    problem: /is a path of one machine/,
  },
  {
    guard: 'words',
    what: 'the host of a registry',
    plant: append('README.md', `See https://${registry}/x\n`),
    file: 'README.md',
    problem: /is the host of a package registry/,
  },
  {
    guard: 'words',
    what: 'a lockfile tied to a host',
    plant: append('pnpm-lock.yaml', '    resolution: {integrity: sha512-x, tarball: https://example.test/x.tgz}\n'),
    file: 'pnpm-lock.yaml',
    problem: /ties the lockfile to one host/,
  },
  {
    guard: 'site',
    what: 'a link to a page that is not there',
    plant: append('apps/docs/start.md', '\nSee [more](./planted.md).\n'),
    file: 'apps/docs',
    problem: /dead link[\s\S]*planted/i,
  },
  {
    guard: 'length',
    what: 'a file of 401 lines that does not say why',
    plant: write('packages/core/src/Planted19.ts', 'export {};\n'.repeat(401)),
    file: 'packages/core/src/Planted19.ts',
    problem: /401 lines: split it/,
  },
  {
    guard: 'length',
    what: 'too many files of 151 lines',
    plant: (root) => {
      const more = trackedFiles(root).length;
      for (let i = 0; i <= more; i++) write(`bench/planted/P${i}.js`, '\n'.repeat(151))(root);
    },
    file: 'bench/planted/P',
    problem: /the median file has 151 lines/,
  },
  {
    guard: 'speed',
    what: 'a training step that waits',
    plant: append(
      'bench/src/espalier/models.ts',
      `const { mlp } = models;
models.mlp = () => {
  const model = mlp();
  const step = model.trainStep.bind(model);
  model.trainStep = (batch) => new Promise((done) => setTimeout(() => done(step(batch)), 300));
  return model;
};
`,
    ),
    file: 'bench/results.json',
    problem: /^mlp: \S+ times as fast as tfjs-layers WASM, was .*: find what became slow$/,
  },
];

/** What must pass although it looks like a violation. */
function plantInnocents(root: string): void {
  for (const [from, to] of ['AB', 'BA']) {
    const text = `import type { Good${to} } from './Good${to}.js';\nexport interface Good${from} {\n  other: Good${to};\n}\n`;
    write(`packages/core/src/Good${from}.ts`, text)(root);
  }
  write('packages/core/src/GoodLong.ts', `// This long table is generated.\n${'export {};\n'.repeat(500)}`)(root);
}

describe('every guard sees what it guards against', () => {
  let root: string;
  const verdicts = new Map<string, Promise<Verdict>>();
  // One broken copy for all: a guard reads the whole workspace, and every plant has files of its own.
  beforeAll(() => {
    root = copyWorkspace();
    for (const { plant } of plants) plant(root);
    plantInnocents(root);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  async function violationsOf(name: string): Promise<readonly Violation[]> {
    const guard: Guard = await import(`../scripts/guards/${name}.mjs`);
    const verdict = verdicts.get(name) ?? Promise.resolve(guard.check(root));
    verdicts.set(name, verdict);
    return (await verdict).violations;
  }

  it.each(plants)(
    '$guard: $what',
    async ({ guard, file, problem }) => {
      const violations = await violationsOf(guard);
      const seen = violations.filter((one) => one.file.startsWith(file) && problem.test(one.problem));
      expect(seen, violations.map((one) => `${one.file}: ${one.problem}`).join('\n')).not.toEqual([]);
    },
    180_000,
  );

  it.each(['imports', 'length', 'types'])(
    '%s: nothing in what is innocent',
    async (guard) => {
      const violations = await violationsOf(guard);
      expect(violations.filter(({ file }) => file.includes('src/Good'))).toEqual([]);
    },
    180_000,
  );

  it('and no guard is without a test', () => {
    const tested = new Set(plants.map(({ guard }) => `${guard}.mjs`));
    expect(guardFiles.filter((file) => !tested.has(file))).toEqual([]);
  });
});
