import { cpu } from '@espalier/backend-cpu';
import { activateBackend } from '@espalier/core';
import { sentences } from '@espalier/datasets';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { mailWords } from '../src/recipes/mailWords.js';
import { mnistCnn } from '../src/recipes/mnistCnn.js';
import { recipes } from '../src/recipes/recipes.js';
import { sentencesLstm } from '../src/recipes/sentencesLstm.js';
import { withoutMiddle } from '../src/recipes/textClassifier.js';
import { ModelInputs } from '../src/run/ModelInputs.js';
import { runData } from '../src/run/runData.js';
import { pictureOf } from './corpora.js';

/** The shape of what each model takes. */
const INPUTS: Readonly<Record<string, readonly number[]>> = {
  'mnist-cnn': [28, 28, 1],
  'sentences-lstm': [4],
  'spam-lstm': [100],
};

beforeAll(async () => {
  await activateBackend(cpu());
});

test('a mail becomes words that occur often', () => {
  const mail = 'Save 50% NOW!! Only $9.99 at http://a.b/c?d=1 or www.x.y, write joe@x.org?';
  expect(
    mailWords(mail)
      .split(/[\s,]+/)
      .filter(Boolean)
      .join(' '),
  ).toBe('save xxnumber xxpercent now xxbang xxbang only xxdollar xxnumber at xxurl or xxurl write xxmail');
});

test('long texts keep their beginning and their end, in order', () => {
  expect(withoutMiddle([1, 2, 3, 4, 5, 6], 3)).toEqual([1, 2, 6]);
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 20 }), (sequence, length) => {
      const kept = withoutMiddle(sequence, length);
      expect(kept).toHaveLength(Math.min(sequence.length, length));
      expect(kept[0]).toBe(sequence[0]);
      if (kept.length > 1) expect(kept.at(-1)).toBe(sequence.at(-1));
    }),
  );
});

describe('a recipe', () => {
  test('encodes for use as it encoded for training, with what it kept of the training data', async () => {
    const data = runData(sentencesLstm, await sentencesLstm.load({ seed: 0 }), { limitTrain: null, limitTest: null });
    const saved = JSON.parse(JSON.stringify(data.preparation));
    const seen = sentences().texts.map((text) => sentencesLstm.see(`  ${text}\n`));
    const numbers = ({ dataset }: ModelInputs) => {
      const [batch] = dataset.batches({ batchSize: 3 });
      return [...[batch!.inputs].flat()[0]!.dataSync()];
    };
    expect(numbers(ModelInputs.unlabelled(sentencesLstm, seen, saved))).toEqual(numbers(data.train));
    expect(numbers(data.train)).toEqual([0, 3, 4, 2, 0, 2, 5, 6, 0, 3, 7, 2]);
  });

  test('keeps to the limits, and to the words that fit into its vocabulary', async () => {
    const { train, test, preparation } = runData(sentencesLstm, await sentencesLstm.load({ seed: 0 }), {
      limitTrain: 1,
      limitTest: 2,
    });
    expect([train.size, test.size]).toEqual([1, 2]);
    expect(JSON.stringify(preparation)).not.toContain('awesome');
  });

  test('sees the digits of its data set as it sees those of a file', async () => {
    const { test: unseen } = await mnistCnn.load({ seed: 0, limitTrain: 0, limitTest: 50 });
    const seen = unseen.examples.map((_, i) => mnistCnn.see(pictureOf(i)).data);
    expect(unseen.examples.map(({ data }) => data)).toEqual(seen);
  });

  test.each(recipes.map((recipe) => [recipe.name, recipe] as const))(
    '%s has a probability for each class',
    (_, recipe) => {
      const outputs = recipe.model({ seed: 1 }).computeOutputShape([null, ...INPUTS[recipe.name]!]);
      const width = (outputs as (number | null)[])[1]!;
      const probabilities = recipe.decode(new Float32Array(width).fill(1 / recipe.classes.length));
      expect(probabilities).toHaveLength(recipe.classes.length);
      expect(probabilities.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 6);
    },
  );
});
