import type { Sequential } from '@espalier/core';
import { lstmClassifierCard } from './lstmClassifier/card.js';
import { lstmClassifier } from './lstmClassifier/lstmClassifier.js';
import type { ModelCard } from './ModelCard.js';
import { mnistCnnCard } from './mnistCnn/card.js';
import { mnistCnn } from './mnistCnn/mnistCnn.js';

/** A model of the zoo: its card, and how it is made with the options that all models take. */
export interface ZooEntry {
  /** What is known about it. */
  readonly card: ModelCard;
  /** Makes the model, without weights. */
  build(options?: { readonly seed?: number; readonly name?: string }): Sequential;
}

/** All models of the zoo, by name. */
export const models: Readonly<Record<string, ZooEntry>> = {
  [mnistCnnCard.name]: { card: mnistCnnCard, build: mnistCnn },
  [lstmClassifierCard.name]: { card: lstmClassifierCard, build: lstmClassifier },
};
