import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isEspalierError } from '@espalier/core';
import { afterAll, describe, expect, test } from 'vitest';
import { readWasm, WASM_FILE } from '../src/engine/readWasm.js';

const folder = mkdtempSync(join(tmpdir(), 'espalier-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readWasm', () => {
  test('finds the file by itself, and where it is told: path, URL or function', async () => {
    const found = await readWasm(undefined);
    expect(WebAssembly.validate(found)).toBe(true);
    const path = join(folder, 'engine.wasm');
    writeFileSync(path, found);
    for (const place of [path, pathToFileURL(path), pathToFileURL(path).href]) {
      expect((await readWasm(place)).length).toBe(found.length);
    }
    const asked: string[] = [];
    await readWasm((file) => {
      asked.push(file);
      return path;
    });
    expect(asked).toEqual([WASM_FILE]);
  });

  test('fetches over HTTP, and says what a server answered', async () => {
    const bytes = readFileSync(new URL(`../src/generated/${WASM_FILE}`, import.meta.url));
    const server = createServer((request, response) => {
      if (request.url === '/engine.wasm') response.end(bytes);
      else if (request.url === '/page') response.end('<!doctype html>');
      else response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      expect((await readWasm(`${base}/engine.wasm`)).length).toBe(bytes.length);
      await expect(readWasm(`${base}/page`)).rejects.toThrow(/not a WebAssembly file/);
      await expect(readWasm(`${base}/none`)).rejects.toThrow(/HTTP 404/);
    } finally {
      server.close();
    }
  });

  test('says where it looked and what to pass', async () => {
    const missing = join(folder, 'nowhere.wasm');
    const error = await readWasm(missing).catch((reason: unknown) => reason);
    expect(isEspalierError(error, 'BackendError')).toBe(true);
    expect(String(error)).toContain(`${missing} (ENOENT)`);
    expect(String(error)).toContain('wasm({ wasmPath: url })');
  });
});
