import {
  type MatrixMode,
  type PadSequencesOptions,
  padSequences,
  sentences,
  type TextToWordsOptions,
  Tokenizer,
  type TokenizerConfig,
  type TokenizerText,
  textToWords,
  toCategorical,
} from '@espalier/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';

interface TokenizerCase {
  name: string;
  options: Record<string, unknown>;
  texts: TokenizerText[];
  unseen: string[];
  wordIndex: [string, number][];
  wordCounts: [string, number][];
  sequences: { seen: number[][]; unseen: number[][] };
  backToTexts: string[];
  matrix: Record<MatrixMode, number[][]>;
  config: TokenizerConfig;
  json: string;
}

const keras = golden<{
  tokenizers: TokenizerCase[];
  words: { text: string; options: TextToWordsOptions; words: string[] }[];
  padding: { sequences: number[][]; options: Record<string, unknown>; shape: number[]; values: number[] }[];
  categorical: { labels: number[]; classes: number | null; shape: number[]; values: number[] }[];
}>('text');

const camel = (name: string) => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

function fitted({ options, texts }: TokenizerCase): Tokenizer {
  const tokenizer = new Tokenizer(
    Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value])),
  );
  tokenizer.fitOnTexts(texts.slice(0, Math.floor(texts.length / 2)));
  tokenizer.fitOnTexts(texts.slice(Math.floor(texts.length / 2)));
  return tokenizer;
}

/** Python's sets have no order that repeats, so neither have the two maps that come from them. */
function unordered(config: TokenizerConfig): unknown {
  return { ...config, word_docs: JSON.parse(config.word_docs), index_docs: JSON.parse(config.index_docs) };
}

describe.each(keras.tokenizers)('Tokenizer as Keras: $name', (one) => {
  const tokenizer = fitted(one);

  it('numbers the words', () => {
    expect([...tokenizer.wordIndex]).toEqual(one.wordIndex);
    expect([...tokenizer.wordCounts]).toEqual(one.wordCounts);
  });

  it('turns texts into sequences and back', () => {
    expect(tokenizer.textsToSequences(one.texts)).toEqual(one.sequences.seen);
    expect(tokenizer.textsToSequences(one.unseen)).toEqual(one.sequences.unseen);
    expect(tokenizer.sequencesToTexts([...one.sequences.seen, [0, 1, 2, 999]])).toEqual(one.backToTexts);
  });

  it.each(['binary', 'count', 'freq', 'tfidf'] as const)('makes the %s matrix', (mode) => {
    const { data, shape } = tokenizer.textsToMatrix([...one.texts.slice(0, 3), ...one.unseen.slice(0, 1)], mode);
    expect(shape).toEqual([one.matrix[mode][0]?.length]);
    expect([...data]).toEqual(one.matrix[mode].flat().map(Math.fround));
  });

  it('has the same config, letter by letter', () => {
    expect(unordered(tokenizer.getConfig())).toEqual(unordered(one.config));
  });

  it('reads what Keras wrote, and writes what it read', () => {
    const read = Tokenizer.fromJSON(one.json);
    expect(read.getConfig()).toEqual(one.config);
    expect(read.textsToSequences(one.unseen)).toEqual(one.sequences.unseen);
    const again = Tokenizer.fromJSON(JSON.stringify(tokenizer));
    expect(again.getConfig()).toEqual(tokenizer.getConfig());
    expect(again.sequencesToTexts(one.sequences.seen)).toEqual(tokenizer.sequencesToTexts(one.sequences.seen));
  });
});

describe('Tokenizer', () => {
  it('survives JSON whatever the words', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: 'binary' }))), (texts) => {
        const tokenizer = new Tokenizer({ lower: false });
        tokenizer.fitOnTexts(texts);
        const read = Tokenizer.fromJSON(JSON.stringify(tokenizer));
        expect([...read.wordCounts]).toEqual([...tokenizer.wordCounts]);
        expect([...read.wordIndex]).toEqual([...tokenizer.wordIndex]);
        expect(read.textsToSequences(texts)).toEqual(tokenizer.textsToSequences(texts));
      }),
    );
  });

  it('weighs sequences by documents that it has seen as sequences', () => {
    const tokenizer = new Tokenizer({ numWords: 3 });
    tokenizer.fitOnSequences([[1, 1, 2], [1]]);
    const { data } = tokenizer.sequencesToMatrix([[1, 1, 2]], 'tfidf');
    const expected = [0, (1 + Math.log(2)) * Math.log(1 + 2 / 3), Math.log(1 + 2 / 2)];
    expect([...data]).toEqual(expected.map(Math.fround));
  });

  it.each<[string, () => unknown, RegExp]>([
    ['an empty separator', () => new Tokenizer({ split: '' }), /charLevel: true/],
    ['half a word', () => new Tokenizer({ numWords: 2.5 }), /numWords: must be a natural number/],
    [
      'an unknown mode',
      () => new Tokenizer({ numWords: 2 }).textsToMatrix(['a'], 'sum' as never),
      /binary, count, freq, tfidf/,
    ],
    [
      'tfidf before any text',
      () => new Tokenizer({ numWords: 2 }).textsToMatrix(['a'], 'tfidf'),
      /has seen no documents/,
    ],
    ['a matrix of unknown width', () => new Tokenizer().textsToMatrix(['a']), /width of the matrix is not known/],
    ['oovToken before any text', () => new Tokenizer({ oovToken: '?' }).textsToSequences(['a']), /no index yet/],
    ['JSON that is not', () => Tokenizer.fromJSON('{'), /not JSON/],
    ['JSON of something else', () => Tokenizer.fromJSON('[1]'), /does not describe a tokenizer/],
    ['JSON null', () => Tokenizer.fromJSON('null'), /does not describe a tokenizer/],
    ['no JSON at all', () => Tokenizer.fromJSON(undefined as never), /given as text/],
    ['an object for JSON', () => Tokenizer.fromJSON(new Tokenizer().toJSON() as never), /JSON.stringify\(tokenizer\)/],
    ...(
      [
        ['num_words', 'many'],
        ['filters', 7],
        ['lower', 'true'],
        ['split', null],
        ['char_level', 0],
        ['oov_token', 1],
        ['document_count', -1],
        ['document_count', undefined],
        ['word_counts', '{"a": -1}'],
        ['word_counts', '{"a": "b"}'],
        ['word_counts', '{"a": 007}'],
        ['word_counts', '{"\\x": 1}'],
        ['word_index', '{"a": 99999999999999999999}'],
        ['index_word', '{"a": "b"}'],
        ['index_docs', '{"1": "many"}'],
      ] as const
    ).map(([field, value]): [string, () => unknown, RegExp] => [
      `${field} ${value}`,
      () => {
        const { config } = new Tokenizer().toJSON();
        Tokenizer.fromJSON(JSON.stringify({ class_name: 'Tokenizer', config: { ...config, [field]: value } }));
      },
      new RegExp(`^Tokenizer ${field}`),
    ]),
    ['one text for a list', () => new Tokenizer().fitOnTexts('one text'), /fitOnTexts\(\[text\]\)/],
    ['no texts', () => new Tokenizer().fitOnTexts(undefined as never), /texts are given as a list/],
    ['a missing text', () => new Tokenizer().fitOnTexts(['a', null as never]), /texts\[1\]: this is no text.*null/s],
    ['a number for a text', () => new Tokenizer().textsToSequences([5 as never]), /texts\[0\]: this is no text.*5/s],
    ['a missing token', () => new Tokenizer().fitOnTexts([['a', undefined as never]]), /texts\[0\]: this is no text/],
    ['numbers for sequences', () => new Tokenizer().sequencesToTexts([1] as never), /sequences\[0\]: this is no list/],
    ['half an index', () => new Tokenizer().fitOnSequences([[1.5]]), /sequences\[0\]: this is no index.*1.5/s],
    ['a missing index', () => new Tokenizer({ numWords: 3 }).sequencesToMatrix([[undefined as never]]), /no index/],
    ['an option in snake case', () => new Tokenizer({ num_words: 3 } as never), /'num_words' is 'numWords' here/],
    ['its number of words alone', () => new Tokenizer(100 as never), /write \(\{ numWords: 100 \}\)/],
    ...['[]', '{"a" 1}', '{"a": 1,}', '{"a": 1', '{"a": {}}', '{"a": 1 "b": 2}', 7].map(
      (counts): [string, () => unknown, RegExp] => [
        `counts such as ${counts}`,
        () => {
          const { config } = new Tokenizer().toJSON();
          Tokenizer.fromJSON(JSON.stringify({ class_name: 'Tokenizer', config: { ...config, word_counts: counts } }));
        },
        /Tokenizer word_counts: not a JSON object/,
      ],
    ),
  ])('refuses %s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

it('a Tokenizer that met a missing text has counted nothing', () => {
  const tokenizer = new Tokenizer();
  tokenizer.fitOnTexts(['a b']);
  expect(() => tokenizer.fitOnTexts(['a c', null as never])).toThrow(/texts\[1\]/);
  expect([tokenizer.documentCount, ...tokenizer.wordCounts]).toEqual([1, ['a', 1], ['b', 1]]);
});

describe('textToWords as Keras', () => {
  it.each(keras.words)('$text $options', ({ text, options, words }) => {
    expect(textToWords(text, options)).toEqual(words);
  });
});

describe('padSequences', () => {
  it.each(keras.padding)('as Keras: $sequences $options', ({ sequences, options, shape, values }) => {
    const { maxlen, ...rest } = options;
    const padded = padSequences(sequences, { ...rest, ...(maxlen === null ? {} : { maxlen }) } as PadSequencesOptions);
    expect([...padded.data]).toEqual(values);
    expect([sequences.length, ...padded.shape]).toEqual(shape);
    expect(padded.dtype).toBe(options.dtype);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['no steps at all', () => padSequences([[], []]), /at least one step/],
    ['a maxlen of 0', () => padSequences([[1]], { maxlen: 0 }), /at least one step/],
    ['an unknown side', () => padSequences([[1]], { padding: 'left' as never }), /padding: unknown side/],
    ['an unknown cut', () => padSequences([[1]], { truncating: 'left' as never }), /truncating: unknown side/],
    [
      'uneven steps',
      () => padSequences([[[1, 2]], [[1, 2], [3]]]),
      /^sequences\[1\]\[1\]: the steps differ.*2 numbers.*1 numbers/s,
    ],
    ['numbers among steps', () => padSequences([[[1, 2]], [3]]), /^sequences\[1\]\[0\]/],
    [
      'words',
      () => padSequences([[1], ['the', 'cat']] as never),
      /^sequences\[1\]\[0\]: this is no number.*"the".*Tokenizer/s,
    ],
    ['one text', () => padSequences(['hello'] as never), /^sequences\[0\]: this is no sequence.*"hello".*Tokenizer/s],
    ['a missing step', () => padSequences([[1, undefined as never]]), /^sequences\[0\]\[1\]: this is no number/],
    ['a null step', () => padSequences([[null as never]]), /^sequences\[0\]\[0\]: this is no number/],
    ['NaN', () => padSequences([[1, Number.NaN, 4]]), /^sequences\[0\]\[1\].*int32.*NaN/s],
    ['infinity', () => padSequences([[Number.POSITIVE_INFINITY]]), /^sequences\[0\]\[0\].*Infinity/s],
    ['2 ** 31', () => padSequences([[2 ** 31]]), /^sequences\[0\]\[0\].*2147483647.*2147483648/s],
    ['-(2 ** 31) - 1', () => padSequences([[-(2 ** 31) - 1]]), /^sequences\[0\]\[0\]/],
    ['NaN in a step', () => padSequences([[[1, Number.NaN]]]), /^sequences\[0\]\[0\]/],
    ['a big integer', () => padSequences([[1n as never]]), /^sequences\[0\]\[0\]/],
    ['a missing sequence', () => padSequences([[1], undefined as never]), /^sequences\[1\]: this is no sequence/],
    ['no list', () => padSequences(undefined as never), /list of lists/],
    ['a value that int32 does not hold', () => padSequences([[1]], { value: 2 ** 40 }), /padSequences value.*int32/s],
    ['an unknown type', () => padSequences([[1]], { dtype: 'int64' as never }), /int32 or float32/],
    ['more than memory', () => padSequences([[1], [2]], { maxlen: 2 ** 31 - 1 }), /more values than an array/],
    ['an option in Python', () => padSequences([[1]], { max_len: 3 } as never), /did you mean 'maxlen'/],
  ])('refuses %s', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

it('padSequences keeps what the dtypes hold', () => {
  const edges = [-(2 ** 31), 2 ** 31 - 1, -1.9, 1.9, -0.5];
  expect([...padSequences([edges]).data]).toEqual([-(2 ** 31), 2 ** 31 - 1, -1, 1, 0]);
  const { data } = padSequences([[Number.NaN, Number.POSITIVE_INFINITY]], { dtype: 'float32', value: -1 });
  expect([...data]).toEqual([Number.NaN, Number.POSITIVE_INFINITY]);
});

describe('toCategorical', () => {
  it.each(keras.categorical)('as Keras: $labels, $classes classes', ({ labels, classes, shape, values }) => {
    const rows = toCategorical(labels, classes ?? undefined);
    expect([...rows.data]).toEqual(values);
    expect([labels.length, ...rows.shape]).toEqual(shape);
  });

  it.each<[string, number[], number | undefined, RegExp]>([
    ['a label beyond the classes', [0, 1, 3], 3, /^labels\[2\]: not a class.*from 0 to 2.*got: +3/s],
    ['a negative label', [0, -1], undefined, /^labels\[1\].*-1/s],
    ['half a label', [0.5], 2, /^labels\[0\].*0.5/s],
    ['no number', [Number.NaN], 2, /^labels\[0\].*NaN/s],
    ['no classes', [0], 0, /^toCategorical, numClasses.*got: +0/s],
    ['more than memory', [0, 2 ** 31 - 2], undefined, /^toCategorical: more values.*sparseCategorical/s],
    ['half a class', [0], 1.5, /^toCategorical, numClasses.*1.5/s],
  ])('refuses %s', (_, labels, classes, message) => {
    expect(() => toCategorical(labels, classes)).toThrow(message);
  });
});

it('sentences are three, with their sentiments', () => {
  expect(sentences()).toEqual({ texts: ['I love AI', 'AI is awesome', 'I hate AI'], labels: [1, 1, 0] });
});
