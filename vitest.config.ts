import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests read the sources, so that a change shows without a build; what is shipped is tested from packed tarballs.
const alias = Object.fromEntries(
  ['packages', 'internal'].flatMap((folder) =>
    readdirSync(here(folder))
      .map((name) => [`@espalier/${name}`, here(`${folder}/${name}/src/index.ts`)] as const)
      .filter(([, path]) => existsSync(path)),
  ),
);

export default defineConfig({
  resolve: { alias },
  test: {
    globalSetup: ['./test/globalSetup.ts'],
    // tfjs ships ES modules that Node cannot load by itself; only its backends are imported file by file.
    server: { deps: { inline: [/tfjs-backend-wasm/, /tfjs-backend-cpu\/dist\/(?!tf-backend)/] } },
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // Lists of a project add to those up here, which would give the second one everything: so each has its own.
      {
        extends: true,
        test: {
          name: 'tests',
          include: [
            'packages/*/test/**/*.test.ts',
            'internal/*/test/**/*.test.ts',
            'examples/*/*.test.ts',
            'test/**/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          // The kernels once more: the plain build, with canaries around every block of memory.
          name: 'guarded',
          include: ['packages/backend-wasm/test/**/*.test.ts'],
          // These are about the engine and start their own.
          exclude: ['**/{engine,fullHeap,guard,heap,threads,takeover,readWasm}.test.ts'],
          env: { ESPALIER_GUARDED: '1' },
        },
      },
    ],
  },
});
