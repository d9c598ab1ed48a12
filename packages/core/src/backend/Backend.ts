import type { Gradient } from '../gradients/Gradient.js';

/** Whether a backend can run on this machine and, where it cannot, why and what to do about it. */
export type ProbeResult =
  | { readonly available: true }
  | { readonly available: false; readonly reason: string; readonly mend: string };

/** What a backend really got when it was activated. */
export interface BackendInfo {
  /** The name of the backend, such as `wasm`. */
  readonly name: string;
  /** The device in words, such as `CPU (WebAssembly SIMD)`. */
  readonly device: string;
  /** How many threads really compute. */
  readonly threads: number;
  /** The SIMD instructions in use: `none`, `simd128`, `relaxed`, or a native set's name. */
  readonly simd: string;
  /** The version of the engine underneath. */
  readonly version: string;
  /** What the user should know, such as why fewer threads compute than were asked for. */
  readonly note?: string;
}

/**
 * A compute engine. Importing a backend registers nothing; {@link activateBackend} calls `probe`, then `activate`.
 * A backend never falls back to another device by itself: it answers from `probe` that it cannot run, and why.
 */
export interface Backend {
  /** What the backend is called in options and errors, such as `wasm`. */
  readonly name: string;
  /**
   * How its kernels are differentiated: `allGradients` where it runs every kernel, or those of the kernels that it has, so
   * that a bundle carries no others.
   */
  gradients(): readonly Gradient[];
  /** Whether it can run here; changes nothing. */
  probe(): Promise<ProbeResult>;
  /** Registers the engine with tfjs-core and makes it the current one; calling it again is harmless. */
  activate(): Promise<BackendInfo>;
}
