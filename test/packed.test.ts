import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installPacked, type PackedProject } from '../scripts/lib/packedProject.mjs';
import { capture } from '../scripts/lib/run.mjs';
import { publishedPackages, repository } from '../scripts/lib/workspace.mjs';

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

  it('type-checks for a strict user, by both module systems', async () => {
    const types = join(folder, 'types');
    mkdirSync(types);
    const source = readFileSync(new URL('./consumer/types.ts.txt', import.meta.url), 'utf8');
    writeFileSync(join(types, 'esm.mts'), source);
    writeFileSync(join(types, 'cjs.cts'), source);
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
    };
    writeFileSync(join(types, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['esm.mts', 'cjs.cts'] }));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const { code, output } = await capture({ command: process.execPath, args: [tsc, '-p', types] }, { cwd: folder });
    expect(code, output).toBe(0);
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
