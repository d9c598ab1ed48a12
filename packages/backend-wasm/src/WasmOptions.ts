/** Options of {@link wasm}. */
export interface WasmOptions {
  /**
   * Where the engine's `.wasm` file is: a URL or path of the file, or a function from its name
   * (`tfjs-backend-wasm-simd.wasm`) to one. Default: beside this package's own JavaScript, which is right in Node and for
   * bundlers that follow `new URL(…, import.meta.url)`; with vite pass the result of its `?url` import.
   */
  readonly wasmPath?: string | URL | ((file: string) => string | URL);
  /**
   * At most how many threads may compute, a whole number from 1 on. An upper bound, not a demand: this version computes
   * with one, and `activate` answers with the number it really uses. Default: 1.
   */
  readonly threads?: number;
}
