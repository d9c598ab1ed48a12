import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isEspalierError } from '@espalier/core';
import { afterAll, describe, expect, test } from 'vitest';
import { readWasm } from '../src/engine/readWasm.js';

const folder = mkdtempSync(join(tmpdir(), 'espalier-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NAME = 'espalier-simd.wasm';

describe('readWasm', () => {
  test('finds every file by itself', async () => {
    for (const name of ['tfjs-backend-wasm-simd.wasm', NAME, 'espalier-relaxed.wasm'] as const) {
      expect((await readWasm(name, undefined)).length, name).toBeGreaterThan(1000);
    }
  });

  test('finds a file where it is told: folder as path, URL or text, or function', async () => {
    const found = await readWasm(NAME, undefined);
    writeFileSync(join(folder, NAME), found);
    for (const place of [folder, `${folder}/`, pathToFileURL(folder), pathToFileURL(folder).href]) {
      expect((await readWasm(NAME, place)).length).toBe(found.length);
    }
    const asked: string[] = [];
    await readWasm(NAME, (file) => {
      asked.push(file);
      return join(folder, file);
    });
    expect(asked).toEqual([NAME]);
  });

  test('fetches over HTTP, and says what a server answered', async () => {
    const bytes = readFileSync(new URL(`../src/generated/${NAME}`, import.meta.url));
    const server = createServer((request, response) => {
      if (request.url === `/engine/${NAME}`) response.end(bytes);
      else if (request.url === `/page/${NAME}`) response.end('<!doctype html>');
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await readWasm(NAME, `${base}/engine`)).length).toBe(bytes.length);
      await expect(readWasm(NAME, `${base}/page`)).rejects.toThrow(/not a WebAssembly file/);
      await expect(readWasm(NAME, `${base}/none`)).rejects.toThrow(/HTTP 404/);
    } finally {
      server.close();
    }
  });

  test('says where it looked and what to pass', async () => {
    const missing = join(folder, 'nowhere');
    const error = await readWasm(NAME, missing).catch((reason: unknown) => reason);
    expect(isEspalierError(error, 'BackendError')).toBe(true);
    expect(String(error)).toContain(`${join(missing, NAME)} (ENOENT)`);
    expect(String(error)).toContain("wasm({ wasmPath: '/folder' })");
  });
});
