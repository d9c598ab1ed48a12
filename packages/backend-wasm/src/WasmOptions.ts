/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * Where the engine's `.wasm` files are: the URL or path of their folder, or a function from a file's name
   * (`tfjs-backend-wasm-simd.wasm`, and `espalier-relaxed.wasm` where the processor's relaxed SIMD may be used, else
   * `espalier-simd.wasm`) to its URL or path. Default: beside this package's own JavaScript, which is right in Node and
   * for bundlers that follow `new URL(…, import.meta.url)`; with vite pass the results of `?url` imports.
   */
  readonly wasmPath?: string | URL | ((file: string) => string | URL);
  /**
   * At most how many threads may compute, a whole number from 1 on. An upper bound, not a demand: this version computes
   * with one, and `activate` answers with the number it really uses. Default: 1.
   */
  readonly threads?: number;
}
