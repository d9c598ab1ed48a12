import { DataError, describeValue } from '@espalier/core';

/** What `Tokenizer.getConfig` gives: the keys and the JSON inside are Keras's, so files pass both ways. */
export interface TokenizerConfig {
  /** `numWords`. */
  readonly num_words: number | null;
  /** `filters`. */
  readonly filters: string;
  /** `lower`. */
  readonly lower: boolean;
  /** `split`. */
  readonly split: string;
  /** `charLevel`. */
  readonly char_level: boolean;
  /** `oovToken`. */
  readonly oov_token: string | null;
  /** How many texts were seen. */
  readonly document_count: number;
  /** JSON: how often each word occurred. */
  readonly word_counts: string;
  /** JSON: in how many texts each word occurred. */
  readonly word_docs: string;
  /** JSON: the same by index. */
  readonly index_docs: string;
  /** JSON: the word of each index. */
  readonly index_word: string;
  /** JSON: the index of each word. */
  readonly word_index: string;
}

/** @throws DataError unless the value is a whole number from 0, or its digits. */
export function naturalNumber(value: string | number, where: string): number {
  if (/^\d{1,15}$/.test(String(value))) return Number(value);
  throw new DataError({
    where,
    problem: 'this is no count',
    expected: 'a whole number from 0',
    got: describeValue(value),
  });
}

const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  num_words: (value) => value === null || Number.isInteger(value),
  filters: (value) => typeof value === 'string',
  lower: (value) => typeof value === 'boolean',
  split: (value) => typeof value === 'string',
  char_level: (value) => typeof value === 'boolean',
  oov_token: (value) => value === null || typeof value === 'string',
  document_count: (value) => Number.isInteger(value) && (value as number) >= 0,
};

/**
 * What `Tokenizer.toJSON`, or Keras's `to_json`, wrote.
 *
 * @throws DataError for anything else, naming the field that is missing or of another type.
 */
export function readTokenizerConfig(json: string): TokenizerConfig {
  if (typeof json !== 'string') {
    throw new DataError({
      where: 'Tokenizer',
      problem: 'the JSON is given as text',
      got: describeValue(json),
      mend: 'hand on what JSON.stringify(tokenizer) wrote',
    });
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (cause) {
    throw new DataError({ where: 'Tokenizer', problem: 'the text is not JSON', cause });
  }
  const { class_name: name, config } = (parsed ?? {}) as { class_name?: unknown; config?: TokenizerConfig };
  if (name !== 'Tokenizer' || typeof config !== 'object' || config === null) {
    throw new DataError({
      where: 'Tokenizer',
      problem: 'the JSON does not describe a tokenizer',
      expected: '{"class_name": "Tokenizer", "config": {…}}',
      got: json.slice(0, 60),
    });
  }
  for (const [field, fits] of Object.entries(FIELDS)) {
    const value = (config as unknown as Record<string, unknown>)[field];
    if (fits(value)) continue;
    throw new DataError({
      where: `Tokenizer ${field}`,
      problem: value === undefined ? 'the field is missing' : 'the field has another type',
      got: describeValue(value),
      mend: 'take a file that JSON.stringify(tokenizer), or to_json of Keras, wrote',
    });
  }
  return config;
}
