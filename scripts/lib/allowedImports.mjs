/**
 * What the sources of each published package may import: the one table. `own` names what only that package may use, and
 * `builtins` lets it use Node's modules by import, which a browser cannot load.
 * @typedef {object} Allowed
 * @property {string[]} [packages] short names of packages of this workspace; '*' stands for every published one
 * @property {string[]} [own] other packages, with everything below them
 * @property {boolean} [builtins]
 */

/** The peer that every package may import, by its name alone: deep imports differ between bundlers and plain Node. */
export const peer = '@tensorflow/tfjs-core';

/** @type {Record<string, Allowed>} */
const table = {
  core: {},
  'backend-wasm': { packages: ['core'], own: ['@tensorflow/tfjs-backend-wasm'] },
  'backend-cpu': { packages: ['core'], own: ['@tensorflow/tfjs-backend-cpu'] },
  'backend-node': { packages: ['core'], own: ['@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'], builtins: true },
  'backend-webgpu': { packages: ['core'], own: ['@tensorflow/tfjs-backend-webgpu', 'webgpu'] },
  layers: { packages: ['core'] },
  optimizers: { packages: ['core'] },
  datasets: { packages: ['core'] },
  'models-zoo': { packages: ['core', 'layers'] },
  cli: { packages: ['*'], own: ['commander'], builtins: true },
};

/** @param {string} short @returns {Allowed | undefined} undefined when the table does not know the package */
export const allowedFor = (short) => table[short];
