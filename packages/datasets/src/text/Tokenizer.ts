import {
  type Column,
  checkOptions,
  DataError,
  describeValue,
  optionTable,
  StateError,
  ValueError,
} from '@espalier/core';
import { type Counts, dumpMap, loadMap } from './keyedCounts.js';
import { type MatrixMode, sequencesToMatrix } from './sequencesToMatrix.js';
import { cutWords, DEFAULT_FILTERS } from './textToWords.js';
import { naturalNumber, readTokenizerConfig, type TokenizerConfig } from './tokenizerConfig.js';

/** A text to be cut, or a text that has been cut into tokens already. */
export type TokenizerText = string | readonly string[];

/** Options of {@link Tokenizer}; names and defaults are Keras's. */
export interface TokenizerOptions {
  /** Keep indices below this only: the `numWords - 1` most frequent words. Default: all. */
  readonly numWords?: number | undefined;
  /** Characters that separate words. Default: ASCII punctuation except `'`, tab and line feed. */
  readonly filters?: string | undefined;
  /** Default true. */
  readonly lower?: boolean | undefined;
  /** The separator. Default one space. */
  readonly split?: string | undefined;
  /** Every character (code point) is a token; `filters` and `split` do not count then. Default false. */
  readonly charLevel?: boolean | undefined;
  /** Stands for unknown words and has index 1. Default: unknown words are left out. */
  readonly oovToken?: string | undefined;
}

const tokenizerOptions = /* @__PURE__ */ optionTable<TokenizerOptions>(
  'Tokenizer',
  {
    numWords: 'number',
    filters: 'string',
    lower: 'boolean',
    split: 'string',
    charLevel: 'boolean',
    oovToken: 'string',
  },
  { later: { analyzer: 'cut the texts yourself, and hand on lists of tokens' } },
);

/**
 * Turns texts into sequences of integers, as Keras's `Tokenizer`: words get the indices 1, 2, 3, … by falling count,
 * equal counts in order of first appearance; 0 is left for padding. All indices stay in {@link wordIndex}; `numWords`
 * acts when texts are turned into sequences.
 *
 * @example
 * ```ts
 * import { Tokenizer } from '@espalier/datasets';
 *
 * const tokenizer = new Tokenizer({ oovToken: '<oov>' });
 * tokenizer.fitOnTexts(['I love AI', 'AI is awesome']);
 * const [sequence] = tokenizer.textsToSequences(['AI loves me, I think']);
 * if (sequence?.join() !== '2,1,1,3,1') throw new Error(`wrong sequence ${sequence}`);
 * ```
 */
export class Tokenizer {
  /** Indices from this on are left out of sequences; `undefined`: none are. */
  readonly numWords: number | undefined;
  /** The characters that count as separators. */
  readonly filters: string;
  /** Whether letter case is dropped. */
  readonly lower: boolean;
  /** The separator. */
  readonly split: string;
  /** Whether characters are the tokens. */
  readonly charLevel: boolean;
  /** What stands for unknown words. */
  readonly oovToken: string | undefined;
  /** How often each word occurred, in order of first appearance. */
  readonly wordCounts: Counts<string> = new Map();
  /** In how many texts each word occurred. */
  readonly wordDocs: Counts<string> = new Map();
  /** {@link wordDocs} by index. */
  readonly indexDocs: Counts<number> = new Map();
  #documentCount = 0;
  #wordIndex: Map<string, number> = new Map();
  #indexWord: Map<number, string> = new Map();

  /** @throws ValueError if `split` is empty, `numWords` not a natural number, or an option unknown or of another type. */
  constructor(options?: TokenizerOptions) {
    options = checkOptions(options, tokenizerOptions);
    this.numWords = options.numWords;
    this.filters = options.filters ?? DEFAULT_FILTERS;
    this.lower = options.lower ?? true;
    this.split = options.split ?? ' ';
    this.charLevel = options.charLevel ?? false;
    this.oovToken = options.oovToken;
    if (this.split === '') {
      throw new ValueError({
        where: 'Tokenizer split',
        problem: 'the separator is empty',
        mend: 'Use charLevel: true to make every character a token.',
      });
    }
    if (this.numWords !== undefined && !(Number.isInteger(this.numWords) && this.numWords >= 0)) {
      throw new ValueError({
        where: 'Tokenizer numWords',
        problem: 'must be a natural number',
        got: String(this.numWords),
      });
    }
  }

  /** The index of every word seen, from 1. */
  get wordIndex(): ReadonlyMap<string, number> {
    return this.#wordIndex;
  }

  /** The word of every index. */
  get indexWord(): ReadonlyMap<number, string> {
    return this.#indexWord;
  }

  /** How many texts it has seen. */
  get documentCount(): number {
    return this.#documentCount;
  }

  /**
   * Counts the words of `texts` on top of those seen before and numbers all of them anew.
   *
   * @throws DataError if one of them is no text, naming its position; nothing is counted then.
   * @throws ValueError if `texts` is a single text, whose letters would be taken for texts.
   */
  fitOnTexts(texts: Iterable<TokenizerText>): void {
    const counts = new Map(this.wordCounts);
    const docs = new Map(this.wordDocs);
    let documents = this.#documentCount;
    for (const words of this.#cutAll(texts, 'fitOnTexts')) {
      documents++;
      for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
      for (const word of new Set(words)) docs.set(word, (docs.get(word) ?? 0) + 1);
    }
    for (const [word, count] of counts) this.wordCounts.set(word, count);
    for (const [word, count] of docs) this.wordDocs.set(word, count);
    this.#documentCount = documents;
    const ranked = [...this.wordCounts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
    if (this.oovToken !== undefined) ranked.unshift(this.oovToken);
    this.#wordIndex = new Map(ranked.map((word, i) => [word, i + 1]));
    this.#indexWord = new Map([...this.#wordIndex].map(([word, index]) => [index, word]));
    for (const [word, count] of this.wordDocs) this.indexDocs.set(this.#wordIndex.get(word)!, count);
  }

  /** Counts in how many of `sequences` each index occurs, for `tfidf`, where the texts themselves are not at hand. */
  fitOnSequences(sequences: readonly (readonly number[])[]): void {
    requireSequences(sequences, 'fitOnSequences');
    this.#documentCount += sequences.length;
    for (const sequence of sequences) {
      for (const index of new Set(sequence)) this.indexDocs.set(index, (this.indexDocs.get(index) ?? 0) + 1);
    }
  }

  /**
   * The indices of the words of each text. Words that are unknown, or whose index is not below `numWords`, become the
   * index of `oovToken`, or are left out where there is none.
   *
   * @throws StateError if there is an `oovToken` but nothing was fitted, so that it has no index.
   * @throws DataError if one of them is no text, naming its position; ValueError if `texts` is a single text.
   */
  textsToSequences(texts: Iterable<TokenizerText>): number[][] {
    const unknown = this.#oovIndex();
    return Array.from(this.#cutAll(texts, 'textsToSequences'), (words) => {
      const indices = words.map((word) => {
        const index = this.#wordIndex.get(word);
        return index === undefined || this.#isCutOff(index) ? unknown : index;
      });
      return indices.filter((index) => index !== undefined);
    });
  }

  /** The words of each sequence, joined by spaces; indices without a word as in {@link textsToSequences}. */
  sequencesToTexts(sequences: Iterable<readonly number[]>): string[] {
    const oovIndex = this.#oovIndex();
    const unknown = oovIndex === undefined ? undefined : this.#indexWord.get(oovIndex);
    const all = requireSequences(sequences, 'sequencesToTexts');
    return all.map((sequence) =>
      sequence
        .map((index) => (this.#isCutOff(index) ? unknown : (this.#indexWord.get(index) ?? unknown)))
        .filter((word) => word !== undefined)
        .join(' '),
    );
  }

  /**
   * One row a text, with one number a word: whether it occurs (`binary`), how often (`count`), which part of the text
   * it makes up (`freq`), or `(1 + ln count) * ln(1 + documents / (1 + documents with it))` (`tfidf`).
   *
   * @throws StateError if neither `numWords` nor a fitted text tells the width, or `tfidf` has seen no documents.
   */
  textsToMatrix(texts: Iterable<TokenizerText>, mode: MatrixMode = 'binary'): Column {
    return this.sequencesToMatrix(this.textsToSequences(texts), mode);
  }

  /** As {@link textsToMatrix}, from sequences. */
  sequencesToMatrix(sequences: readonly (readonly number[])[], mode: MatrixMode = 'binary'): Column {
    const width = this.numWords || (this.#wordIndex.size > 0 ? this.#wordIndex.size + 1 : 0);
    if (width === 0) {
      throw new StateError({
        where: 'Tokenizer',
        problem: 'the width of the matrix is not known',
        mend: 'Give numWords, or call fitOnTexts first.',
      });
    }
    const all = requireSequences(sequences, 'sequencesToMatrix');
    return sequencesToMatrix(all, mode, width, this.#documentCount, this.indexDocs);
  }

  /** All options and counts, as Keras's `get_config`. */
  getConfig(): TokenizerConfig {
    return {
      num_words: this.numWords ?? null,
      filters: this.filters,
      lower: this.lower,
      split: this.split,
      char_level: this.charLevel,
      oov_token: this.oovToken ?? null,
      document_count: this.#documentCount,
      word_counts: dumpMap(this.wordCounts),
      word_docs: dumpMap(this.wordDocs),
      index_docs: dumpMap(this.indexDocs),
      index_word: dumpMap(this.#indexWord),
      word_index: dumpMap(this.#wordIndex),
    };
  }

  /** What `JSON.stringify(tokenizer)` writes: the format of Keras's `to_json`, which `tokenizer_from_json` reads. */
  toJSON(): { class_name: 'Tokenizer'; config: TokenizerConfig } {
    return { class_name: 'Tokenizer', config: this.getConfig() };
  }

  /**
   * Makes the tokenizer that {@link toJSON}, or Keras's `to_json`, wrote.
   *
   * @throws DataError if `json` is neither, or damaged, naming the field.
   */
  static fromJSON(json: string): Tokenizer {
    const config = readTokenizerConfig(json);
    const tokenizer = new Tokenizer({
      numWords: config.num_words ?? undefined,
      filters: config.filters,
      lower: config.lower,
      split: config.split,
      charLevel: config.char_level,
      oovToken: config.oov_token ?? undefined,
    });
    tokenizer.#documentCount = config.document_count;
    const load = (name: 'word_counts' | 'word_docs' | 'index_docs' | 'word_index' | 'index_word') =>
      loadMap(config[name], `Tokenizer ${name}`);
    const count = (value: string | number, name: string) => naturalNumber(value, `Tokenizer ${name}`);
    for (const [word, n] of load('word_counts')) tokenizer.wordCounts.set(word, count(n, 'word_counts'));
    for (const [word, n] of load('word_docs')) tokenizer.wordDocs.set(word, count(n, 'word_docs'));
    for (const [index, n] of load('index_docs')) {
      tokenizer.indexDocs.set(count(index, 'index_docs'), count(n, 'index_docs'));
    }
    for (const [word, index] of load('word_index')) tokenizer.#wordIndex.set(word, count(index, 'word_index'));
    for (const [index, word] of load('index_word')) {
      tokenizer.#indexWord.set(count(index, 'index_word'), String(word));
    }
    return tokenizer;
  }

  *#cutAll(texts: Iterable<TokenizerText>, method: string): Generator<string[]> {
    if (typeof texts === 'string' || typeof texts?.[Symbol.iterator] !== 'function') {
      throw new ValueError({
        where: `Tokenizer ${method}`,
        problem: 'texts are given as a list',
        got: describeValue(texts),
        mend: `write ${method}([text]) for a single one`,
      });
    }
    let position = 0;
    for (const text of texts) {
      if (!isText(text)) {
        throw new DataError({
          where: `Tokenizer ${method}, texts[${position}]`,
          problem: 'this is no text',
          expected: 'a string, or a list of tokens',
          got: describeValue(text),
          mend: 'leave it out, or put an empty text in its place',
        });
      }
      position++;
      yield this.#cut(text);
    }
  }

  #cut(text: TokenizerText): string[] {
    if (typeof text !== 'string') return this.lower ? text.map((token) => token.toLowerCase()) : [...text];
    if (this.charLevel) return [...(this.lower ? text.toLowerCase() : text)];
    return cutWords(text, this);
  }

  #isCutOff(index: number): boolean {
    return !!this.numWords && index >= this.numWords;
  }

  #oovIndex(): number | undefined {
    if (this.oovToken === undefined) return undefined;
    const index = this.#wordIndex.get(this.oovToken);
    if (index !== undefined) return index;
    throw new StateError({
      where: 'Tokenizer',
      problem: 'oovToken has no index yet',
      mend: 'Call fitOnTexts first.',
    });
  }
}

function isText(text: unknown): boolean {
  return typeof text === 'string' || (Array.isArray(text) && text.every((token) => typeof token === 'string'));
}

/** @throws DataError unless every item is a list of whole numbers from 0, which indices are. Returns them as a list. */
function requireSequences(sequences: Iterable<readonly number[]>, method: string): readonly (readonly number[])[] {
  const where = `Tokenizer ${method}`;
  if (typeof sequences === 'string' || typeof sequences?.[Symbol.iterator] !== 'function') {
    throw new ValueError({ where, problem: 'sequences are given as a list of lists', got: describeValue(sequences) });
  }
  const all = [...sequences];
  for (const [i, sequence] of all.entries()) {
    const at = (problem: string, got: unknown) =>
      new DataError({ where: `${where}, sequences[${i}]`, problem, got: describeValue(got) });
    if (!Array.isArray(sequence) && !ArrayBuffer.isView(sequence)) throw at('this is no list of indices', sequence);
    const wrong = sequence.find((index) => !Number.isInteger(index) || index < 0);
    if (wrong !== undefined || sequence.includes(undefined as never)) throw at('this is no index', wrong);
  }
  return all;
}
