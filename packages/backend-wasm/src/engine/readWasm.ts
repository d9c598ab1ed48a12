import { BackendError } from '@espalier/core';
import { requirePlace } from '../checkWasmOptions.js';
import type { WasmOptions } from '../WasmOptions.js';

/** A `.wasm` file that is shipped with this package: tfjs's compiled kernels, and two builds of ours. */
export type WasmFile = 'tfjs-backend-wasm-simd.wasm' | 'espalier-simd.wasm' | 'espalier-relaxed.wasm';

type Location = string | URL;

/** Node's built-in modules, reached in a way that browser bundlers do not try to resolve. */
function nodeModule<T>(name: string): T | undefined {
  return typeof process === 'object' ? (process.getBuiltinModule?.(name) as T | undefined) : undefined;
}

/** The URL of this very file: `import.meta.url` in an ES module, made from `__filename` in a CommonJS one. */
function ownUrl(): string | undefined {
  const url: string | undefined = import.meta.url;
  if (url !== undefined) return url;
  if (typeof __filename !== 'string') return undefined;
  return nodeModule<typeof import('node:url')>('node:url')?.pathToFileURL(__filename).href;
}

/** Beside this very file. Bundlers recognise these lines literally and copy the files. */
function besideModule(file: WasmFile): URL {
  switch (file) {
    case 'tfjs-backend-wasm-simd.wasm':
      return new URL('./tfjs-backend-wasm-simd.wasm', import.meta.url);
    case 'espalier-simd.wasm':
      return new URL('./espalier-simd.wasm', import.meta.url);
    case 'espalier-relaxed.wasm':
      return new URL('./espalier-relaxed.wasm', import.meta.url);
  }
}

function defaultLocations(file: WasmFile): Location[] {
  const base = ownUrl();
  if (base === undefined) return [];
  // The second is the place in a source checkout.
  const shipped = base === import.meta.url ? besideModule(file) : new URL(file, base);
  return [shipped, new URL(`../generated/${file}`, base), ...inInstalledPackage(file, base)];
}

/** In the package itself, where a bundle for Node stands in a project that has it installed and brought no files along. */
function inInstalledPackage(file: WasmFile, bundle: string): Location[] {
  const { createRequire } = nodeModule<typeof import('node:module')>('node:module') ?? {};
  if (createRequire === undefined || !bundle.startsWith('file:')) return [];
  try {
    const manifest = createRequire(bundle).resolve('@espalier/backend-wasm/package.json');
    return [manifest.replace('package.json', `dist/${file}`)];
  } catch {
    return [];
  }
}

/** A file in a folder that is given as a path or URL, with or without a slash at its end. */
function inFolder(folder: Location, file: WasmFile): string {
  return `${String(folder).replace(/\/$/, '')}/${file}`;
}

async function readFile(location: Location): Promise<Uint8Array<ArrayBuffer> | string> {
  const fs = nodeModule<typeof import('node:fs')>('node:fs');
  const text = String(location);
  const isUrl = /^[a-z][a-z+.-]+:/i.test(text);
  if (fs !== undefined && (!isUrl || text.startsWith('file:'))) {
    try {
      return Uint8Array.from(await fs.promises.readFile(isUrl ? new URL(text) : text));
    } catch (error) {
      return `${text} (${(error as { code?: string }).code ?? String(error)})`;
    }
  }
  try {
    const response = await fetch(text, { credentials: 'same-origin' });
    if (!response.ok) return `${text} (HTTP ${response.status})`;
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    return `${text} (${String(error)})`;
  }
}

/** A file of another kind, mostly the HTML page that a development server answers with for a path it does not know. */
function startsAsWasm(bytes: Uint8Array): boolean {
  return bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
}

/** Reads one of the engine's `.wasm` files from where the options say, else from beside this package's JavaScript. */
export async function readWasm(file: WasmFile, wasmPath: WasmOptions['wasmPath']): Promise<Uint8Array<ArrayBuffer>> {
  const asked = typeof wasmPath === 'function' ? wasmPath(file) : wasmPath && inFolder(wasmPath, file);
  // Not what lies beside this file instead: that may be of another version.
  if (typeof wasmPath === 'function')
    requirePlace('wasm({ wasmPath })', asked, `the function gives no place for ${file}`);
  const tried: string[] = [];
  for (const location of asked === undefined ? defaultLocations(file) : [asked]) {
    const found = await readFile(location);
    if (typeof found === 'string') tried.push(found);
    else if (startsAsWasm(found)) return found;
    else tried.push(`${location} (not a WebAssembly file)`);
  }
  throw new BackendError({
    where: 'wasm',
    problem: `${file} was not found`,
    got: tried.length === 0 ? 'this bundle does not say where it runs from' : `looked at ${tried.join(', ')}`,
    mend: `copy the .wasm files of @espalier/backend-wasm/dist beside your bundle, or pass their place: wasm({ wasmPath: '/folder' })`,
  });
}
