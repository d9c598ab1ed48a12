/**
 * The plain JavaScript engine of Espalier: slow, everywhere, and a second opinion in tests.
 *
 * @module backend-cpu
 */
export { type CpuOptions, cpu } from './cpu.js';
