/**
 * Ready-made architectures with measured results for Espalier.
 *
 * @module models-zoo
 */
export { lstmClassifierCard } from './lstmClassifier/card.js';
export { type LstmClassifierOptions, lstmClassifier } from './lstmClassifier/lstmClassifier.js';
export type { CardResult, ModelCard } from './ModelCard.js';
export { mnistCnnCard } from './mnistCnn/card.js';
export { type MnistCnnOptions, mnistCnn } from './mnistCnn/mnistCnn.js';
export { models, type ZooEntry } from './models.js';
