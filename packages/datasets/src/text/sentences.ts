/** Texts and their classes, side by side. */
export interface LabelledTexts<T extends string = string> {
  /** The texts. */
  readonly texts: T[];
  /** The class of each text, from 0. */
  readonly labels: number[];
}

/**
 * Three sentences with a sentiment, 1 for good and 0 for bad: enough to see a text classifier at work.
 *
 * @example
 * ```ts
 * import { sentences } from '@espalier/datasets';
 *
 * const { texts, labels } = sentences();
 * if (texts[2] !== 'I hate AI' || labels[2] !== 0) throw new Error('wrong sentences');
 * ```
 */
export function sentences(): LabelledTexts {
  return { texts: ['I love AI', 'AI is awesome', 'I hate AI'], labels: [1, 1, 0] };
}
