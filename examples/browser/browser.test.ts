import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@espalier/backend-wasm';
import { useBackend } from '@espalier/core';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { describe, expect, it } from 'vitest';
import { chromiumMissing, findChromium } from '../../scripts/lib/chromium.mjs';
import { chromiumFlags } from './chromiumFlags.js';
import { type TrainedSteps, trainSteps } from './trainSteps.js';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log(chromiumMissing);
}

/** Bundles the page with vite from the packages as they are shipped, and runs it in headless Chromium. */
async function runPage(): Promise<{ info: { name: string; simd: string }; result: TrainedSteps }> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'espalier-page-'));
  const browser = await chromium.launch({ executablePath: executablePath!, args: chromiumFlags });
  try {
    await build({ root, configFile: false, logLevel: 'error', build: { outDir, emptyOutDir: true, target: 'es2022' } });
    const server = await preview({
      root,
      configFile: false,
      logLevel: 'error',
      build: { outDir },
      preview: { port: 0 },
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls!.local[0]!);
      await page.waitForFunction('window.outcome !== undefined', undefined, { timeout: 60_000 });
      const outcome = (await page.evaluate('window.outcome')) as { error?: string; info: never; result: never };
      if (outcome.error !== undefined) throw new Error(outcome.error);
      return outcome;
    } finally {
      await new Promise((resolve) => server.httpServer.close(resolve));
    }
  } finally {
    await browser.close();
    await rm(outDir, { recursive: true, force: true });
  }
}

describe.skipIf(executablePath === undefined)('a bundled page in Chromium', () => {
  it('trains the digit network on WASM as Node does', { timeout: 180_000 }, async () => {
    const { info, result } = await runPage();
    expect(info.name).toBe('wasm');
    expect(info.simd).not.toBe('none');
    expect(result.losses.at(-1)).toBeLessThan(result.losses[0]! * 0.7);

    await useBackend(wasm());
    const here = await trainSteps();
    expect(Object.keys(result.weights)).toEqual(Object.keys(here.weights));
    for (const [path, values] of Object.entries(here.weights)) {
      const furthest = Math.max(...values.map((value, i) => Math.abs(value - result.weights[path]![i]!)));
      expect(furthest, path).toBeLessThanOrEqual(1e-5);
    }
  });
});
