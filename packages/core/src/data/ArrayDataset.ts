import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { ShapeError, ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { type Column, type ColumnData, columnLength, columnOf, sliceColumn } from './Column.js';
import type { Batch, BatchPlan, Dataset } from './Dataset.js';
import { gatherRows } from './gatherRows.js';

/** What an {@link ArrayDataset} holds. */
export interface ArrayColumns {
  /** One column, or one for each input of the model. */
  readonly inputs: Column | readonly Column[];
  /** One column, or one for each output of the model. */
  readonly targets?: Column | readonly Column[] | undefined;
  /** The weight of each example. */
  readonly sampleWeight?: ColumnData | undefined;
}

const arrayColumns = /* @__PURE__ */ optionTable<ArrayColumns>('ArrayDataset', {
  inputs: 'object|list!',
  targets: 'object|list',
  sampleWeight: 'list',
});

/**
 * Examples that lie in arrays of the host. A batch is gathered there and becomes a fresh tensor, so that the backend
 * holds one batch at a time and a data set of bytes stays a data set of bytes. Parts made by {@link take} and
 * {@link split} share its memory.
 *
 * @example
 * ```ts
 * import { ArrayDataset } from '@espalier/core';
 *
 * const data = new ArrayDataset({
 *   inputs: { data: new Uint8Array([0, 51, 102, 153, 204, 255]), shape: [2], scale: 1 / 255 },
 *   targets: { data: new Float32Array([0, 1, 1]), shape: [] },
 * });
 * const sizes: number[] = [];
 * for (const batch of data.batches({ batchSize: 2 })) {
 *   sizes.push(batch.size);
 *   for (const tensor of [batch.inputs, batch.targets ?? []].flat()) tensor.dispose();
 * }
 * if (sizes.join() !== '2,1') throw new Error('wrong batches');
 * ```
 */
export class ArrayDataset implements Dataset {
  readonly size: number;
  readonly #inputs: readonly Column[];
  readonly #targets: readonly Column[];
  readonly #sampleWeight: Column | undefined;
  readonly #columns: ArrayColumns;

  /** @throws ShapeError if the columns differ in length, are empty or do not divide into examples. */
  constructor(columns: ArrayColumns) {
    checkOptions(columns, arrayColumns);
    const list = (given: Column | readonly Column[], name: string): Column[] =>
      isList(given) ? given.map((one, i) => columnOf(one, `${name}[${i}]`)) : [columnOf(given, name)];
    this.#inputs = list(columns.inputs, 'inputs');
    this.#targets = list(columns.targets ?? [], 'targets');
    const { sampleWeight } = columns;
    this.#sampleWeight = sampleWeight && { ...columnOf(sampleWeight, 'sampleWeight'), dtype: 'float32' };
    const asGiven = (given: Column | readonly Column[], own: readonly Column[]) => (isList(given) ? own : own[0]!);
    this.#columns = {
      inputs: asGiven(columns.inputs, this.#inputs),
      targets: columns.targets && asGiven(columns.targets, this.#targets),
      sampleWeight: this.#sampleWeight?.data,
    };
    this.size = this.#commonLength();
  }

  #commonLength(): number {
    const first = this.#inputs[0];
    if (first === undefined || columnLength(first) === 0) {
      throw new ShapeError({ where: 'ArrayDataset', problem: 'there are no examples', got: 'empty inputs' });
    }
    const size = columnLength(first);
    const others: [string, Column][] = [
      ...this.#inputs.map((column, i): [string, Column] => [`inputs[${i}]`, column]),
      ...this.#targets.map((column, i): [string, Column] => [`targets[${i}]`, column]),
    ];
    if (this.#sampleWeight !== undefined) others.push(['sampleWeight', this.#sampleWeight]);
    for (const [name, column] of others) {
      if (columnLength(column) === size) continue;
      throw new ShapeError({
        where: 'ArrayDataset',
        problem: `inputs and ${name} differ in the number of examples`,
        expected: `${size} examples, as in inputs`,
        got: `${columnLength(column)} examples in ${name}`,
      });
    }
    return size;
  }

  /**
   * The batches of one pass, the last of which may be smaller. With `plan.shuffle` their order is
   * `plan.shuffle.permutation(size)`; `plan.skip` batches are left out without being made.
   *
   * @throws ValueError if `batchSize` is not a positive integer or `skip` not a natural number.
   */
  *batches({ batchSize, shuffle, skip = 0 }: BatchPlan): Generator<Batch, void, undefined> {
    requireInteger('batchSize', batchSize, 1);
    requireInteger('skip', skip, 0);
    const order = shuffle?.permutation(this.size);
    for (let start = skip * batchSize; start < this.size; start += batchSize) {
      const end = Math.min(start + batchSize, this.size);
      const gather = (column: Column) => gatherRows(column, order, start, end);
      // Where memory ends between two tensors, the first is given back.
      const tensors = tidy(() => ({
        inputs: asGiven(this.#columns.inputs, this.#inputs.map(gather)),
        targets: this.#columns.targets && asGiven(this.#columns.targets, this.#targets.map(gather)),
        sampleWeight: this.#sampleWeight && gather(this.#sampleWeight),
      }));
      yield { ...tensors, size: end - start, indices: order?.subarray(start, end) ?? range(start, end) };
    }
  }

  /**
   * The first `count` examples, or all where there are fewer.
   *
   * @throws ValueError if `count` is not a positive integer.
   */
  take(count: number): ArrayDataset {
    requireInteger('take', count, 1);
    return this.#slice(0, Math.min(count, this.size));
  }

  /**
   * Cuts the data in two, in the order it has: `[rest, last]`. A number below 1 is the fraction that goes to the last
   * part, as Keras's `validation_split` (the rest has `floor(size * (1 - fraction))` examples); from 1 on it is a count.
   *
   * @throws ValueError if one of the parts would be empty.
   */
  split(last: number): [ArrayDataset, ArrayDataset] {
    const border = last < 1 ? Math.floor(this.size * (1 - last)) : this.size - last;
    if (!Number.isInteger(border) || border <= 0 || border >= this.size) {
      throw new ValueError({
        where: 'split',
        problem: 'both parts must hold at least one example',
        expected:
          this.size < 2 ? 'at least 2 examples' : `a fraction between 0 and 1, or a count from 1 to ${this.size - 1}`,
        got: `${last}, of ${this.size} examples`,
      });
    }
    return [this.#slice(0, border), this.#slice(border, this.size)];
  }

  #slice(start: number, end: number): ArrayDataset {
    const cut = (given: Column | readonly Column[]) =>
      isList(given) ? given.map((column) => sliceColumn(column, start, end)) : sliceColumn(given, start, end);
    const { inputs, targets, sampleWeight } = this.#columns;
    return new ArrayDataset({
      inputs: cut(inputs),
      targets: targets && cut(targets),
      sampleWeight: sampleWeight?.subarray(start, end),
    });
  }
}

function range(start: number, end: number): Uint32Array {
  const indices = new Uint32Array(end - start);
  for (let i = start; i < end; i++) indices[i - start] = i;
  return indices;
}

function isList(given: Column | readonly Column[]): given is readonly Column[] {
  return Array.isArray(given);
}

function asGiven(given: Column | readonly Column[], tensors: Tensor[]): Tensor | Tensor[] {
  return isList(given) ? tensors : tensors[0]!;
}

function requireInteger(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new ValueError({
    where: name,
    problem: `must be an integer, ${least} or more`,
    got: String(value),
  });
}
