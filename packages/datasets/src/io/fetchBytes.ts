/** How long a server may take for one file. */
const PATIENCE_MS = 120_000;

/** Fetches a file, and unpacks it where it is gzip; whether it is, its first bytes tell. */
export async function fetchBytes(url: string, signal?: AbortSignal): Promise<Uint8Array> {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, patience]) : patience });
  if (!response.ok) throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzip(bytes) : bytes;
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const unpacked = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
