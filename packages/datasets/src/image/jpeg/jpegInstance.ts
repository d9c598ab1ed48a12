import { jpegModule } from '../../generated/jpegModule.js';

/** What assembly/index.ts exports. Addresses and numbers are 32-bit integers. */
export interface JpegExports {
  readonly memory: WebAssembly.Memory;
  prepareColours(): void;
  buildHuffmanTable(table: number, counts: number, symbols: number): number;
  decodeScan(
    from: number,
    to: number,
    progressive: number,
    count: number,
    components: number,
    mcusAcross: number,
    mcusDown: number,
    interval: number,
    start: number,
    end: number,
    high: number,
    low: number,
  ): number;
  failedAt(): number;
  transformPlane(component: number, row: number): void;
  convertRows(
    first: number,
    last: number,
    width: number,
    mostAcross: number,
    mostDown: number,
    colours: number,
    out: number,
    scratch: number,
    step: number,
  ): void;
}

/** Memory of WebAssembly never shrinks: an instance that grew beyond this is left to the collector. */
const MOST_KEPT = 16 * 2 ** 20;

let compiled: Promise<WebAssembly.Module> | undefined;
let kept: JpegExports | undefined;

/** Runs `work`, which must not wait for anything, with an instance for itself. */
export async function withJpegInstance<T>(work: (exports: JpegExports) => T): Promise<T> {
  compiled ??= WebAssembly.compile(Uint8Array.from(atob(jpegModule), (letter) => letter.charCodeAt(0)));
  // Compiled and started apart: browsers refuse to do either at once for more than a few kilobytes.
  const fresh = kept ?? ((await WebAssembly.instantiate(await compiled)).exports as unknown as JpegExports);
  kept = undefined;
  try {
    return work(fresh);
  } finally {
    if (fresh.memory.buffer.byteLength <= MOST_KEPT) kept = fresh;
  }
}
