/** What a bundler's import of the engine's .wasm file gives: its address. */
declare const url: string;
export default url;
