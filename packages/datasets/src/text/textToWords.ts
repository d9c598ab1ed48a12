import { checkOptions, DataError, describeValue, optionTable } from '@espalier/core';

/** What {@link textToWords} and the `Tokenizer` cut out of texts by default, as Keras: all ASCII punctuation but `'`. */
export const DEFAULT_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

/** Options of {@link textToWords}. */
export interface TextToWordsOptions {
  /** Each of these characters counts as a separator. Default: ASCII punctuation except `'`, tab and line feed. */
  readonly filters?: string | undefined;
  /** Default true. */
  readonly lower?: boolean | undefined;
  /** The separator. Default one space. */
  readonly split?: string | undefined;
}

const textToWordsOptions = /* @__PURE__ */ optionTable<TextToWordsOptions>('textToWords', {
  filters: 'string',
  lower: 'boolean',
  split: 'string',
});

/**
 * Cuts a text into words, as Keras's `text_to_word_sequence`: lower case, filtered characters replaced by the
 * separator, cut at the separator, empty words left out. Other white space, such as `\r`, stays in the words.
 *
 * @throws DataError if `text` is no text; ValueError for an unknown option.
 *
 * @example
 * ```ts
 * import { textToWords } from '@espalier/datasets';
 *
 * if (textToWords("Don't panic, Arthur!").join('|') !== "don't|panic|arthur") throw new Error('wrong words');
 * ```
 */
export function textToWords(text: string, options?: TextToWordsOptions): string[] {
  if (typeof text !== 'string') {
    throw new DataError({ where: 'textToWords', problem: 'this is no text', got: describeValue(text) });
  }
  return cutWords(text, checkOptions(options, textToWordsOptions));
}

/** {@link textToWords} without its checks. */
export function cutWords(text: string, options: TextToWordsOptions): string[] {
  const { filters = DEFAULT_FILTERS, lower = true, split = ' ' } = options;
  const unwanted = new Set(filters);
  let clean = '';
  for (const character of lower ? text.toLowerCase() : text) clean += unwanted.has(character) ? split : character;
  return clean.split(split).filter((word) => word !== '');
}
