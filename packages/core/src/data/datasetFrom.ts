import { Tensor } from '@tensorflow/tfjs-core';
import { StateError, ValueError } from '../errors/kinds.js';
import { ArrayDataset } from './ArrayDataset.js';
import { type Column, type ColumnLike, columnOf, isColumn } from './Column.js';

/** The examples of one input or output. The first axis is the examples; a {@link Column} brings its own shape. */
export type Examples = ColumnLike | Tensor;

/** One set of examples, or a list with one for each input or output of the model. */
export type ExamplesList = Examples | readonly (Tensor | Column | Exclude<ColumnLike, readonly unknown[]>)[];

/**
 * Makes a data set of what users have at hand: nested lists, typed arrays (one number an example), tensors and
 * columns. A list whose elements are tensors, typed arrays or columns is one set for each input or output; a list of
 * lists is always one set, so for several inputs turn lists into tensors or {@link columnOf columns}.
 *
 * Tensors are read once and stay the caller's. Values from lists and `bool` tensors become `float32`.
 *
 * @throws ShapeError if a list is ragged or the sets differ in length.
 * @throws ValueError if something is not a number, or nested lists stand beside tensors or columns.
 *
 * @example
 * ```ts
 * import { datasetFrom } from '@espalier/core';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * const two = await datasetFrom([tensor2d([[1], [2]]), tensor2d([[3, 4], [5, 6]])], [0, 1]);
 * if (two.size !== 2) throw new Error('wrong size');
 * ```
 */
export async function datasetFrom(x: ExamplesList, y?: ExamplesList, sampleWeight?: Examples): Promise<ArrayDataset> {
  const weights = sampleWeight === undefined ? undefined : await readExamples(sampleWeight, 'sampleWeight');
  if (weights !== undefined && weights.shape.length > 0) {
    throw new ValueError({
      where: 'sampleWeight',
      problem: 'there must be one weight an example',
      got: `examples of shape (${weights.shape.join(', ')})`,
    });
  }
  return new ArrayDataset({
    inputs: await readList(x, 'x'),
    targets: y === undefined ? undefined : await readList(y, 'y'),
    sampleWeight: weights && Float32Array.from(weights.data, (weight) => weight * (weights.scale ?? 1)),
  });
}

function isSeveral(values: ExamplesList): values is readonly Exclude<Examples, readonly unknown[]>[] {
  return (
    Array.isArray(values) &&
    values.length > 0 &&
    values.every((one) => one instanceof Tensor || ArrayBuffer.isView(one) || isColumn(one))
  );
}

/** Refuses nested lists beside tensors or columns: a list of lists is one set, and what stands beside it another. */
function requireAlike(values: ExamplesList, name: string): void {
  if (!Array.isArray(values) || !values.some((one) => one instanceof Tensor || isColumn(one))) return;
  const at = values.findIndex((one) => Array.isArray(one) || typeof one === 'number');
  throw new ValueError({
    where: `${name}[${at}]`,
    problem: 'nested lists stand beside tensors or columns',
    expected: 'a tensor, a typed array or a column for each input or output',
    mend: `make a column of it: columnOf(lists, '${name}[${at}]')`,
  });
}

async function readList(values: ExamplesList, name: string): Promise<Column | Column[]> {
  if (!isSeveral(values)) {
    requireAlike(values, name);
    return readExamples(values as Examples, name);
  }
  return Promise.all(values.map((one, i) => readExamples(one, `${name}[${i}]`)));
}

async function readExamples(values: Examples, where: string): Promise<Column> {
  if (!(values instanceof Tensor)) return columnOf(values, where);
  const { dtype, shape } = values;
  if (values.isDisposed) {
    throw new StateError({
      where,
      problem: 'the tensor was disposed of',
      mend: 'dispose of it after the call',
    });
  }
  if (shape.length === 0 || (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool')) {
    throw new ValueError({
      where,
      problem: 'the tensor cannot be cut into examples',
      expected: 'dtype float32, int32 or bool, and at least one axis',
      got: `dtype ${dtype}, shape (${shape.join(', ')})`,
    });
  }
  const data = await values.data();
  return { data, shape: shape.slice(1), dtype: dtype === 'int32' ? 'int32' : 'float32' };
}
