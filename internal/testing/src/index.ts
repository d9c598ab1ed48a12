export { backends } from './backends.js';
export {
  compareWithFiniteDifferences,
  type FiniteDifferenceOptions,
  type GradientComparison,
} from './finiteDifferences.js';
export { type LayerContract, layerContract } from './layerContract.js';
