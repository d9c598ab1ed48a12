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
   * How many threads compute, a whole number from 1 to 256. Default: the number of physical cores. Threads need shared
   * memory: Node has it, a page has it where it is cross-origin isolated. Elsewhere one thread computes, and what
   * `activate` answers says so.
   */
  readonly threads?: number;
  /**
   * For those who write kernels: puts canaries around every block of memory and looks at them when it is given back, so
   * that a kernel that writes outside its tensors is found. Slow. Default: false.
   */
  readonly guarded?: boolean;
}
