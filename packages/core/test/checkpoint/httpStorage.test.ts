import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  httpStorage,
  isEspalierError,
  loadModel,
  memoryStorage,
  readWeights,
  Sequential,
  saveModel,
  weightsOf,
} from '@espalier/core';
import { Dense, layerClasses } from '@espalier/layers';
import { afterAll, beforeAll, expect, it } from 'vitest';

const files = memoryStorage();
const asked: IncomingMessage[] = [];
let server: Server;
let base: string;
let model: Sequential;

beforeAll(async () => {
  await activateBackend(cpu());
  model = new Sequential([new Dense({ units: 1, inputShape: [2] })], { seed: 1 });
  model.initialize();
  await saveModel(model, files, 'models/digits/model.safetensors');
  await files.write('models/digits/odd name#1.bin', Uint8Array.of(1, 2));
  server = createServer(async (request, response) => {
    asked.push(request);
    const { pathname } = new URL(request.url!, 'http://x');
    const name = decodeURIComponent(pathname).slice(1);
    const status = Number(/status-(\d+)/.exec(name)?.[1] ?? 200);
    if (status === 418) response.socket!.destroy();
    else if (status !== 200) response.writeHead(status).end();
    else if (name.startsWith('app/'))
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>');
    else if (name.startsWith('get-only/') && request.method === 'HEAD') response.writeHead(405).end();
    else if (name.startsWith('cut/')) {
      response.writeHead(200, { 'content-length': '100' }).write('1234');
      setTimeout(() => response.socket!.destroy(), 20);
    } else {
      const file = name.replace('get-only/', 'models/');
      if (!(await files.exists(file))) response.writeHead(404).end();
      else response.writeHead(200).end(await files.read(file));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it.each(['/models/digits', '/models/digits/'])('reads a model below %s', async (path) => {
  const storage = httpStorage(base + path);
  const again = await loadModel(storage, { layers: layerClasses });
  expect(await weightsOf(again)).toEqual(await weightsOf(model));
  expect(await readWeights(storage)).toEqual(await weightsOf(model));
  expect(storage.locate('model.safetensors')).toBe(`${base}/models/digits/model.safetensors`);
});

it('asks for odd names, with headers and the query of the address, and keeps the query out of errors', async () => {
  const storage = httpStorage(new URL(`${base}/models/digits?token=secret`), {
    headers: { authorization: 'Bearer x' },
  });
  expect([...(await storage.read('odd name#1.bin'))]).toEqual([1, 2]);
  const { url, headers } = asked.at(-1)!;
  expect(url).toBe('/models/digits/odd%20name%231.bin?token=secret');
  expect(headers.authorization).toBe('Bearer x');
  const error = await storage.read('none').catch(String);
  expect(error).toContain(`${base}/models/digits/none: the server did not give the file`);
  expect(error).not.toContain('secret');
});

it('knows which files there are, also where the server knows GET alone', async () => {
  for (const folder of ['models/digits', 'get-only/digits']) {
    const storage = httpStorage(`${base}/${folder}`);
    expect(await storage.exists('model.safetensors')).toBe(true);
    expect(await storage.exists('none')).toBe(false);
  }
  expect(await httpStorage(`${base}/app`).exists('model.safetensors')).toBe(false);
  await expect(httpStorage(base).exists('status-500')).rejects.toThrow('HTTP 500');
});

it.each<[string, string, RegExp]>([
  ['a missing file', 'none', /none: the server did not give.*HTTP 404 Not Found.*check the address/s],
  ['a forbidden file', 'status-403', /HTTP 403 Forbidden.*right to read/s],
  ['a file behind a password', 'status-401', /HTTP 401.*headers: \{ authorization \}/s],
  ['a broken server', 'status-503', /HTTP 503.*try again later/s],
  [
    'a connection that is closed',
    'status-418',
    /could not be fetched.*fetch failed \(.*check the address and the network/s,
  ],
  [
    'a page for every address',
    'app/model.safetensors',
    /answered with a page.*HTTP 200, text\/html.*check the address/s,
  ],
  ['a file that is cut off', 'cut/model.safetensors', /could not be fetched/],
])('names address and status of %s', async (_what, name, message) => {
  const error: unknown = await httpStorage(base)
    .read(name)
    .catch((e: unknown) => e);
  expect(isEspalierError(error, 'CheckpointError'), String(error)).toBe(true);
  expect(String(error)).toContain(`${base}/${name}`);
  expect(String(error)).toMatch(message);
});

it('does not write, remove or list', async () => {
  const storage = httpStorage(base);
  for (const act of [storage.write('a', new Uint8Array(1)), storage.remove('a'), storage.list()]) {
    const error: unknown = await act.catch((e: unknown) => e);
    expect(isEspalierError(error, 'StateError'), String(error)).toBe(true);
    expect(String(error)).toMatch(/cannot be (written|removed|listed) over HTTP/);
  }
});

it('stops by a signal, whose reason is thrown', async () => {
  const reason = new Error('enough');
  await expect(httpStorage(base, { signal: AbortSignal.abort(reason) }).read('a')).rejects.toBe(reason);
});

it.each<[string, unknown, RegExp]>([
  ['a relative address in Node', 'models', /outside a page there is nothing.*relative to.*"models"/s],
  ['a file', 'file:///tmp/models', /no address of HTTP.*fileStorage\(directory\)/s],
  ['no address', undefined, /httpStorage/],
  ['options that it does not know', 'http://x', /there is no option 'header'.*'headers'/s],
])('refuses %s', (what, url, message) => {
  const make = () => httpStorage(url as string, what.startsWith('options') ? ({ header: {} } as never) : undefined);
  expect(make).toThrow(message);
});

it.each(['', '/etc/passwd', '../x', 'a/../../x', 'a\\b', 'http://elsewhere/x'])('refuses the name %j', async (name) => {
  await expect(httpStorage(base).read(name)).rejects.toThrow('not a name that a storage can hold');
  await expect(httpStorage(base).exists(name)).rejects.toThrow('not a name that a storage can hold');
});
