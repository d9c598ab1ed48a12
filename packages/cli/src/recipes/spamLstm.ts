import { spamAssassin } from '@espalier/datasets';
import { mailWords } from './mailWords.js';
import { textClassifier } from './textClassifier.js';

/**
 * Mail as spam or ham by the words of its subject and body. The other headers stay out: ham and spam of this corpus
 * were gathered at different places, and the headers would give that away. Of a long mail its last words count, where
 * adverts say how to order and mailing lists sign.
 */
export const spamLstm = textClassifier({
  name: 'spam-lstm',
  title: 'An LSTM on the mail of SpamAssassin, spam or ham',
  dataset: 'spam-assassin',
  defaults: { epochs: 6, batchSize: 32, learningRate: 0.001, seed: 0 },
  classes: ['ham', 'spam'],
  sampleInput: '"Congratulations! Click here to claim your free prize"',
  vocabulary: 1000,
  length: 100,
  truncating: 'pre',
  prepare: mailWords,
  texts: ({ seed }) => spamAssassin({ seed, headers: 'subject', html: 'strip' }),
});
