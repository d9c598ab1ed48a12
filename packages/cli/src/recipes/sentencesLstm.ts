import { sentences } from '@espalier/datasets';
import { plainText } from '../inputs/plainText.js';
import { textClassifier } from './textClassifier.js';

/** Three sentences, trained on and tested on: shows a text classifier at work in seconds, and no more than that. */
export const sentencesLstm = textClassifier({
  name: 'sentences-lstm',
  title: 'An LSTM on three sentences, good or bad: a first look at texts',
  dataset: 'sentences',
  defaults: { epochs: 30, batchSize: 3, learningRate: 0.01, seed: 0 },
  classes: ['negative', 'positive'],
  sampleInput: '"I love AI"',
  vocabulary: 1000,
  length: 4,
  textOf: plainText,
  async texts(_, see) {
    const { texts, labels } = sentences();
    const all = { texts: texts.map(see), labels };
    return { train: all, test: all };
  },
});
