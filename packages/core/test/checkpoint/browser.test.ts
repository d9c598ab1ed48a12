import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { cpu } from '@espalier/backend-cpu';
import { activateBackend, indexedDBStorage, memoryStorage, Sequential, saveModel, weightsOf } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { build } from 'esbuild';
import { type BrowserContext, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumFlags } from '../../../../examples/browser/chromiumFlags.js';
import { chromiumMissing, findChromium } from '../../../../scripts/lib/chromium.mjs';

const executablePath = findChromium();
if (executablePath === undefined) console.log(chromiumMissing);

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const files = memoryStorage();
let server: Server;
let script: string;
let model: Sequential;

beforeAll(async () => {
  await activateBackend(cpu());
  model = new Sequential([new Dense({ units: 1, inputShape: [2] })], { seed: 2 });
  model.compile({ optimizer: new Adam(), loss: 'mse' });
  model.initialize();
  await saveModel(model, files, 'served/models/model.safetensors');
  if (executablePath === undefined) return;
  const names = ['core', 'layers', 'optimizers', 'backend-cpu'];
  const alias = Object.fromEntries(
    names.map((name) => [`@espalier/${name}`, here(`../../../${name}/src/index.ts`)] as const),
  );
  const { outputFiles } = await build({
    entryPoints: [here('browserPage.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    alias,
  });
  script = outputFiles[0]!.text;
  server = createServer(async (request, response) => {
    const name = new URL(request.url!, 'http://x').pathname.slice(1);
    if (name === 'sub/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (!name.startsWith('sub/served/')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<script type="module" src="page.js"></script>');
    } else {
      const file = name.replace('sub/', '');
      if (!(await files.exists(file))) response.writeHead(404).end();
      else response.writeHead(200).end(await files.read(file));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
}, 120_000);
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

async function visit(context: BrowserContext, hash: string): Promise<Record<string, never>> {
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => void problems.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sub/index.html${hash}`);
  await page
    .waitForFunction('window.outcome !== undefined', undefined, { timeout: 60_000 })
    .catch((error: unknown) => Promise.reject(new Error(`${error}\n${problems.join('\n')}`)));
  const outcome = (await page.evaluate('window.outcome')) as { error?: string } & Record<string, never>;
  if (outcome.error !== undefined) throw new Error(outcome.error);
  await page.close();
  return outcome;
}

it('indexedDBStorage says what to use where there is no such database', () => {
  expect(() => indexedDBStorage('x')).toThrow(/there is no IndexedDB here.*fileStorage\(directory\) in Node/s);
});

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  it('models and checkpoints outlive the page, and models come over HTTP', { timeout: 180_000 }, async () => {
    const browser = await chromium.launch({ executablePath: executablePath!, args: chromiumFlags, timeout: 60_000 });
    try {
      const context = await browser.newContext();
      const first = await visit(context, '');
      expect(first.contract).toEqual({
        read: [[1, 2], 2, [4]],
        listed: [
          ['a', 'b/1', 'b/2', 'b0', 'bc/1'],
          ['b/1', 'b/2'],
        ],
        left: ['a', 'b0', 'bc/1'],
        exists: [true, false, false],
        missing: expect.stringMatching(/IndexedDB 'contract', runs\/none: there is no such file/),
        outside: expect.stringContaining('not a name that a storage can hold'),
        noBytes: expect.stringContaining('these are not bytes'),
        together: [0, 1, 2, 3, 4, 5, 6, 7],
      });
      expect(first.deletion).toEqual(['deleted', ['b']]);

      const second = await visit(context, '#second');
      const here = [...(await weightsOf(model)).values()].flatMap(({ data }) => [...data]);
      expect(second.weights).toEqual([first.weights, first.weights, here]);
      expect(second.iterations).toEqual([2, 2, 2]);
      expect(second.located).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/sub\/served\/models\/m$/);
      expect(second.missing).toContain('HTTP 404');
      expect(second.page).toContain('answered with a page');
    } finally {
      await browser.close();
    }
  });
});
