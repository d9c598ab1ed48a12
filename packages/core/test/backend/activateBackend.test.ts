import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cpu } from '@espalier/backend-cpu';
import { activateBackend, allGradients, type Backend, isEspalierError, requireBackend } from '@espalier/core';
import { getGradient } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

describe('activateBackend', () => {
  it('asks for a backend before anything computes', () => {
    expect(() => requireBackend('model')).toThrow(/no backend is in use[\s\S]*activateBackend\(wasm\(\)\)/);
  });

  it('answers with what the backend really is, and brings the gradients', async () => {
    expect(await activateBackend(cpu())).toMatchObject({ name: 'cpu', threads: 1, simd: 'none' });
    expect(getGradient('BatchMatMul')).toBeDefined();
    expect(() => requireBackend('model')).not.toThrow();
  });

  it('says why a backend cannot run, and never takes another', async () => {
    const absent: Backend = {
      name: 'cuda',
      gradients: allGradients,
      probe: async () => ({ available: false, reason: 'no CUDA device was found', mend: 'use wasm()' }),
      activate: () => Promise.reject(new Error('must not be reached')),
    };
    const error = await activateBackend(absent).catch((e: unknown) => e);
    expect(isEspalierError(error, 'BackendError')).toBe(true);
    expect(String(error)).toMatch(/'cuda'.*no CUDA device was found[\s\S]*use wasm\(\)/);
  });

  it.each([
    ['wasm', /got: *"wasm"/],
    [cpu, /got: *the function cpu/],
    [undefined, /got: *undefined/],
  ])('says how a backend is made where it gets %o', async (backend, got) => {
    const error = await activateBackend(backend as unknown as Backend).catch((e: unknown) => e);
    expect(isEspalierError(error, 'ValueError')).toBe(true);
    expect(String(error)).toMatch(got);
    expect(String(error)).toContain('await activateBackend(wasm())');
  });

  it('refuses an engine that belongs to a second copy of tfjs-core', () => {
    const original = createRequire(import.meta.url).resolve('@tensorflow/tfjs-core');
    const folder = mkdtempSync(join(tmpdir(), 'second-copy-'));
    try {
      const copy = join(folder, 'tf-core.cjs');
      copyFileSync(original, copy);
      const { status, stderr } = spawnSync(
        process.execPath,
        ['--import', 'tsx', fileURLToPath(new URL('./secondCopy.ts', import.meta.url)), copy],
        {
          encoding: 'utf8',
          cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
          // The copy finds what tfjs-core needs where the original does.
          env: { ...process.env, NODE_PATH: resolve(original, '../../../..') },
        },
      );
      expect(stderr).toMatch(/@tensorflow\/tfjs-core: two copies are loaded[\s\S]*npm ls @tensorflow\/tfjs-core/);
      expect(status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
