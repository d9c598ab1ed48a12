export { type MainIo, main } from './main.js';
export type { OutputStream } from './terminal/Output.js';
