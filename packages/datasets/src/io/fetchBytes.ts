import { joinBytes } from './joinBytes.js';
import { unpack } from './unpack.js';

/** What a server may send, and how long it may take. */
export interface FetchLimits {
  /** The most bytes that the file has, unpacked. */
  readonly most: number;
  /** Milliseconds for the whole file. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
}

/** What packing may add to bytes that cannot be packed. */
const OVERHEAD = 2 ** 16;

/** Fetches a file, and unpacks it where it is gzip; whether it is, its first bytes tell. */
export async function fetchBytes(url: string, { most, timeout, signal }: FetchLimits): Promise<Uint8Array> {
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(new Error(`not finished within ${timeout} ms`)),
    // Timers count with 31 bits, and begin at once beyond that.
    Math.min(timeout, 2 ** 31 - 1),
  );
  try {
    const all = signal ? AbortSignal.any([signal, patience.signal]) : patience.signal;
    const bytes = await download(url, most, all);
    return bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpack(bytes, most, 'gzip') : bytes;
  } finally {
    clearTimeout(timer);
    // What has not been read is not wanted any more.
    patience.abort();
  }
}

async function download(url: string, most: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal });
  // 206 is a part that nobody asked for.
  if (!response.ok || response.status === 206) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  const limit = most + OVERHEAD;
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > limit) throw new Error(`announces ${announced} bytes, expected at most ${most}`);
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) break;
    parts.push(value);
    size += value.length;
    if (size > limit) throw new Error(`sends more than the ${most} bytes of the file`);
  }
  return joinBytes(parts);
}
