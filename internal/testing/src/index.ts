export { backends } from './backends.js';
export {
  compareWithFiniteDifferences,
  type FiniteDifferenceOptions,
  type GradientComparison,
} from './finiteDifferences.js';
export { type FuzzReport, type FuzzTarget, fuzz } from './fuzz/fuzz.js';
export { mutate } from './fuzz/mutate.js';
export { type LayerContract, layerContract } from './layerContract.js';
