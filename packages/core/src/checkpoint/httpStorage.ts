import { CheckpointError, StateError, ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue } from '../options/describeValue.js';
import { optionTable } from '../options/OptionTable.js';
import { checkName, type Storage } from './Storage.js';

/** How {@link httpStorage} asks. */
export interface HttpStorageOptions {
  /** Sent with every request, such as `{ authorization: 'Bearer …' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Stops requests; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

const httpStorageOptions = /* @__PURE__ */ optionTable<HttpStorageOptions>('httpStorage', {
  headers: 'object',
  signal: 'object',
});

const MENDS: Readonly<Record<number, string>> = {
  401: 'pass what the server wants to see: httpStorage(url, { headers: { authorization } })',
  403: 'ask whoever runs the server for the right to read it, or pass headers',
  404: 'check the address, and that the file is served',
  429: 'the server has had too many requests: try again later',
};

/**
 * Files below an address, read by `fetch`, in pages and in Node: models that a server offers. It is read-only, and cannot
 * list what there is.
 *
 * @param url The folder. In a page it may be relative to the document, such as `models/digits`; its query, where it has
 * one, is sent with every file.
 * @throws ValueError where it is no address, or is relative outside a page.
 *
 * @example
 * ```ts no-run it needs a server
 * import { httpStorage, loadModel } from '@espalier/core';
 * import { layerClasses } from '@espalier/layers';
 *
 * const model = await loadModel(httpStorage('models/digits'), { layers: layerClasses });
 * ```
 */
export function httpStorage(url: string | URL, options?: HttpStorageOptions): Storage {
  const { headers, signal } = checkOptions(options, httpStorageOptions);
  const folder = folderOf(url);
  const addressOf = (name: string): string => {
    const address = new URL(name.split('/').map(encodeURIComponent).join('/'), folder);
    address.search = folder.search;
    return address.href;
  };
  /** Without the query, which may hold a secret. */
  const locate = (name: string): string => addressOf(name).replace(/\?.*/, '');
  const ask = async (name: string, method: string): Promise<Response> => {
    checkName(name);
    try {
      return await fetch(addressOf(name), { method, ...(headers && { headers }), ...(signal && { signal }) });
    } catch (cause) {
      signal?.throwIfAborted();
      throw unreachable(locate(name), cause);
    }
  };
  const refuse = (action: string) => async (): Promise<never> => {
    throw new StateError({
      where: `httpStorage, ${locate('')}`,
      problem: `files cannot be ${action} over HTTP`,
      mend: 'use fileStorage, indexedDBStorage or memoryStorage for that',
    });
  };
  return {
    locate,
    async read(name) {
      const response = await ask(name, 'GET');
      if (!response.ok) throw refused(locate(name), response);
      if (isPage(response) && !/\.html?$/i.test(name)) {
        throw new CheckpointError({
          where: locate(name),
          problem: 'the server answered with a page instead of the file',
          got: `HTTP ${response.status}, ${response.headers.get('content-type')}`,
          mend: 'check the address: many servers answer so where there is no such file',
        });
      }
      try {
        return new Uint8Array(await response.arrayBuffer());
      } catch (cause) {
        signal?.throwIfAborted();
        throw unreachable(locate(name), cause);
      }
    },
    async exists(name) {
      const head = await ask(name, 'HEAD');
      // Some servers know GET alone.
      const response = head.status === 405 || head.status === 501 ? await ask(name, 'GET') : head;
      if (response !== head) await response.body?.cancel();
      if (response.ok) return !isPage(response) || /\.html?$/i.test(name);
      if (response.status === 404 || response.status === 410) return false;
      throw refused(locate(name), response);
    },
    write: refuse('written'),
    remove: refuse('removed'),
    list: refuse('listed'),
  };
}

function folderOf(url: string | URL): URL {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  let address: URL;
  try {
    address = new URL(url, base);
  } catch {
    throw new ValueError({
      where: 'httpStorage',
      problem:
        base === undefined ? 'outside a page there is nothing that an address could be relative to' : 'no address',
      expected: 'an address, such as https://example.org/models/digits',
      got: describeValue(url),
    });
  }
  if (address.protocol !== 'http:' && address.protocol !== 'https:') {
    throw new ValueError({
      where: 'httpStorage',
      problem: 'this is no address of HTTP',
      expected: 'http: or https:',
      got: address.protocol,
      ...(address.protocol === 'file:' && { mend: 'use fileStorage(directory)' }),
    });
  }
  if (!address.pathname.endsWith('/')) address.pathname += '/';
  return address;
}

function isPage(response: Response): boolean {
  return /^text\/html\b/i.test(response.headers.get('content-type') ?? '');
}

function refused(where: string, { status, statusText }: Response): CheckpointError {
  return new CheckpointError({
    where,
    problem: 'the server did not give the file',
    got: `HTTP ${status} ${statusText}`.trim(),
    ...(Object.hasOwn(MENDS, status) ? { mend: MENDS[status]! } : status >= 500 && { mend: 'try again later' }),
  });
}

function unreachable(where: string, cause: unknown): CheckpointError {
  // Node says "fetch failed" and keeps what happened in the cause.
  const { message, cause: inner } = cause as Error;
  return new CheckpointError({
    where,
    problem: 'the file could not be fetched',
    got: inner instanceof Error ? `${message} (${inner.message || (inner as NodeJS.ErrnoException).code})` : message,
    mend: 'check the address and the network; from another origin the server must allow it (CORS)',
    cause,
  });
}
