export { type MainIo, main } from './main.js';
export { Closing } from './terminal/Closing.js';
export type { OutputStream } from './terminal/Output.js';
