import { spamAssassin } from '@espalier/datasets';
import { Adam, clipByGlobalNorm, exponentialDecay } from '@espalier/optimizers';
import { mailOf } from '../inputs/mailOf.js';
import { mailWords } from './mailWords.js';
import { textClassifier } from './textClassifier.js';

/** The steps in which the learning rate halves: about two epochs. */
const HALF_LIFE = 300;

/**
 * Mail as spam or ham by the words of its subject and body. The other headers stay out: ham and spam of this corpus
 * were gathered at different places, and the headers would give that away.
 *
 * Clipping and the falling rate keep an LSTM of this size from losing in one batch what it has learned; the rate goes by
 * steps alone, so that a run made longer is the run that was longer from the start.
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
  textOf: mailOf,
  prepare: mailWords,
  optimizer(initialLearningRate) {
    const learningRate = exponentialDecay({ initialLearningRate, decaySteps: HALF_LIFE, decayRate: 0.5 });
    return clipByGlobalNorm(new Adam({ learningRate }), { norm: 1 });
  },
  texts: ({ seed }, see) => spamAssassin({ seed, decode: see }),
});
