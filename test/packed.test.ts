import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPacked, type PackedProject } from '../scripts/lib/packedProject.mjs';
import { capture } from '../scripts/lib/run.mjs';
import { publishedPackages, repository } from '../scripts/lib/workspace.mjs';

/** A user's program, to be bundled. */
const BUNDLED = `
  import { activateBackend, Sequential } from '@espalier/core';
  import { wasm } from '@espalier/backend-wasm';
  import { Dense } from '@espalier/layers';
  import { Adam } from '@espalier/optimizers';
  async function main() {
    const { name } = await activateBackend(wasm());
    const model = new Sequential([new Dense({ units: 1, inputShape: [1] })], { seed: 1 });
    model.compile({ optimizer: new Adam({ learningRate: 0.5 }), loss: 'meanSquaredError' });
    const { history } = await model.fit([[0], [1]], [[1], [3]], { epochs: 50 });
    console.log(history.loss.at(-1) < history.loss[0] ? 'trained on ' + name : 'did not learn');
  }
  main();
`;

const folder = mkdtempSync(join(tmpdir(), 'espalier-packed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is published, installed from its tarballs into an empty project', () => {
  let project: PackedProject;
  beforeAll(async () => {
    project = await installPacked(folder);
  }, 180_000);

  it('holds every published package, and no link back to this workspace', () => {
    for (const { name } of publishedPackages()) {
      const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
      expect(manifest, name).not.toContain('workspace:');
    }
  });

  it.each(['esm', 'cjs'] as const)('loads and trains as %s in plain Node', async (format) => {
    const { code, stdout, output } = await project.train(format);
    expect(code, output).toBe(0);
    const report = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    expect(report.format).toBe(format);
    expect(Object.keys(report.exports).length).toBeGreaterThanOrEqual(7);
    for (const [name, count] of Object.entries(report.exports)) expect(count, name).toBeGreaterThan(0);
    expect(report.lastLoss).toBeLessThan(report.firstLoss / 2);
  });

  it('trains to the same weights with any number of threads, and ends by itself', async () => {
    const one = await project.trainNetwork(1);
    expect(one.threads).toBe(1);
    expect(await project.trainNetwork(2)).toEqual({ ...one, threads: 2 });
    expect((await project.trainNetwork(undefined)).weights).toBe(one.weights);
  });

  it('offers its command line', async () => {
    const { code, output } = await capture(
      { command: process.execPath, args: ['node_modules/@espalier/cli/bin/espalier.js', '--help'] },
      { cwd: folder },
    );
    expect(code, output).toBe(0);
    expect(output).toContain('train');
  });

  /** Type-checks a strict user's program, by both module systems. */
  async function typeCheck(compiler: string, options: Readonly<Record<string, unknown>>) {
    const types = mkdtempSync(join(folder, 'types-'));
    const source = readFileSync(new URL('./consumer/types.ts.txt', import.meta.url), 'utf8');
    const everything = publishedPackages().filter(({ manifest }) => manifest.bin === undefined);
    const all = everything.map(({ name }, i) => `export * as all${i} from '${name}';\n`).join('');
    const files = { 'esm.mts': source, 'cjs.cts': source, 'all.mts': all };
    for (const [file, text] of Object.entries(files)) writeFileSync(join(types, file), text);
    const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, noEmit: true, types: [], ...options };
    writeFileSync(join(types, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: Object.keys(files) }));
    const tsc = join(repository, 'node_modules', compiler, 'bin/tsc');
    return capture({ command: process.execPath, args: [tsc, '-p', types] }, { cwd: folder });
  }

  const compilers = ['typescript-5.4', 'typescript', 'typescript-7'];

  it.each(compilers)('type-checks for a strict user with %s', async (compiler) => {
    const { code, output } = await typeCheck(compiler, { skipLibCheck: true });
    expect(code, output).toBe(0);
  });

  it.each(compilers)('has types that are right by themselves, without skipLibCheck, with %s', async (compiler) => {
    for (const lib of [
      ['es2022', 'dom'],
      ['esnext', 'dom'],
    ]) {
      const { output } = await typeCheck(compiler, { skipLibCheck: false, lib });
      // tfjs-core's own declarations name types that it does not bring.
      expect(output.split('\n').filter((line) => line.includes('@espalier') || line.startsWith('types-'))).toEqual([]);
    }
  });

  it.each(['esm', 'cjs'] as const)('trains from one bundled file in Node, as %s', async (format) => {
    const bundle = `bundle.${format === 'esm' ? 'mjs' : 'cjs'}`;
    await build({
      stdin: { contents: BUNDLED, resolveDir: folder },
      outfile: join(folder, bundle),
      bundle: true,
      platform: 'node',
      format,
      logLevel: 'silent',
      // tfjs-core requires Node's own modules, which an ES module can only so.
      ...(format === 'esm' && {
        banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      }),
    });
    const run = (cwd: string) => capture({ command: process.execPath, args: [bundle] }, { cwd, env: {} });
    const here = await run(folder);
    expect(here.stdout.trim(), here.output).toBe('trained on wasm');
    const alone = mkdtempSync(join(tmpdir(), 'espalier-bundle-'));
    cpSync(join(folder, bundle), join(alone, bundle));
    expect((await run(alone)).output).toContain(
      'copy the .wasm files of @espalier/backend-wasm/dist beside your bundle',
    );
    const dist = join(folder, 'node_modules/@espalier/backend-wasm/dist');
    for (const file of readdirSync(dist)) if (file.endsWith('.wasm')) cpSync(join(dist, file), join(alone, file));
    const moved = await run(alone);
    expect(moved.stdout.trim(), moved.output).toBe('trained on wasm');
    rmSync(alone, { recursive: true, force: true });
  });
});

describe('the job that the installed packages are given', () => {
  it.each(['esm.mjs', 'cjs.cjs'])(
    'fails in %s where a package is missing, so that its success means something',
    async (script) => {
      const empty = mkdtempSync(join(tmpdir(), 'espalier-empty-'));
      cpSync(new URL('./consumer', import.meta.url), empty, { recursive: true });
      writeFileSync(join(empty, 'packages.json'), JSON.stringify({ esm: ['@espalier/core'], cjs: ['@espalier/core'] }));
      const { code, output } = await capture({ command: process.execPath, args: [script] }, { cwd: empty });
      rmSync(empty, { recursive: true, force: true });
      expect(code, output).not.toBe(0);
      expect(output).toMatch(/Cannot find (package|module) '@espalier\/core'/);
    },
  );
});
