import { mkdtemp, rm } from 'node:fs/promises';
import type { Server as HttpServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type BackendInfo } from '@espalier/core';
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

interface Outcome {
  readonly info: BackendInfo;
  readonly result: TrainedSteps;
}

/** What lets a page share memory between threads. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/** Bundles the page with vite from the packages as they are shipped, and runs it in headless Chromium. */
async function runPage(headers: Record<string, string>): Promise<Outcome> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'espalier-page-'));
  const options = { root, configFile: false, logLevel: 'error' } as const;
  await build({ ...options, build: { outDir, emptyOutDir: true, target: 'es2022' } });
  const server = await preview({ ...options, build: { outDir }, preview: { host: '127.0.0.1', port: 0, headers } });
  try {
    return await openPage(server.resolvedUrls!.local[0]!);
  } finally {
    // The browser is gone by now; a connection that it left open would keep the server from closing.
    (server.httpServer as HttpServer).closeAllConnections();
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  }
}

async function openPage(url: string) {
  const browser = await chromium.launch({ executablePath: executablePath!, args: chromiumFlags, timeout: 60_000 });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => void problems.push(String(error)));
    page.on('requestfailed', (request) => void problems.push(`${request.url()}: ${request.failure()?.errorText}`));
    await page.goto(url, { timeout: 30_000 });
    await page
      .waitForFunction('window.outcome !== undefined', undefined, { timeout: 60_000 })
      .catch((error: unknown) => Promise.reject(new Error(`${error}\n${problems.join('\n')}`)));
    const outcome = (await page.evaluate('window.outcome')) as { error?: string; info: never; result: never };
    if (outcome.error !== undefined) throw new Error(outcome.error);
    return outcome;
  } finally {
    await browser.close();
  }
}

describe.skipIf(executablePath === undefined)('a bundled page in Chromium', () => {
  it.each([
    ['with two threads where it is cross-origin isolated', ISOLATION, 2],
    ['with one thread elsewhere, and says why', {}, 1],
  ])('trains the digit network on WASM as Node does, %s', { timeout: 180_000 }, async (_, headers, threads) => {
    const { info, result } = await runPage(headers);
    expect(info.name).toBe('wasm');
    expect(info.simd).not.toBe('none');
    expect(info.threads).toBe(threads);
    if (threads === 1) expect(info.note).toContain('cross-origin isolated');
    expect(result.losses.at(-1)).toBeLessThan(result.losses[0]! * 0.7);

    await activateBackend(wasm());
    const here = await trainSteps();
    expect(Object.keys(result.weights)).toEqual(Object.keys(here.weights));
    for (const [path, values] of Object.entries(here.weights)) {
      const furthest = Math.max(...values.map((value, i) => Math.abs(value - result.weights[path]![i]!)));
      expect(furthest, path).toBeLessThanOrEqual(1e-5);
    }
  });
});
