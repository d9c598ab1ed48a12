import { type Column, type ColumnLike, columnOf, DataError, ValueError } from '@espalier/core';
import { requireRoom } from '../requireRoom.js';

/**
 * One-hot rows of integer labels, as Keras's `to_categorical`: a row has a 1 at its label and 0 elsewhere. Labels of
 * shape `[n]` or `[n, 1]` give examples of shape `[numClasses]`; labels of `[n, t]` give `[t, numClasses]`.
 *
 * Unlike Keras, which counts negative labels from the end and cuts fractions, both are errors here.
 *
 * @param numClasses Default: the greatest label + 1.
 * @throws DataError if a label is not an integer from 0 to `numClasses` - 1, naming its position.
 * @throws ValueError if `numClasses` is not a positive integer, or the rows need more memory than an array has.
 *
 * @example
 * ```ts
 * import { toCategorical } from '@espalier/datasets';
 *
 * const { data, shape } = toCategorical([2, 0]);
 * if (data.join() !== '0,0,1,1,0,0' || shape[0] !== 3) throw new Error('not one-hot');
 * ```
 */
export function toCategorical(labels: ColumnLike, numClasses?: number): Column & { readonly data: Float32Array } {
  const { data: values, shape } = columnOf(labels, 'labels');
  if (numClasses !== undefined && !(Number.isInteger(numClasses) && numClasses > 0)) {
    throw new ValueError({
      where: 'toCategorical, numClasses',
      problem: 'must be a positive integer',
      got: String(numClasses),
    });
  }
  const classes = numClasses ?? greatest(values) + 1;
  requireRoom(
    'toCategorical',
    values.length * classes,
    `${values.length} labels of ${classes} classes`,
    'keep the labels as they are, with the loss sparseCategoricalCrossentropy',
  );
  const data = new Float32Array(values.length * classes);
  values.forEach((label, position) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError({
        where: `labels[${position}]`,
        problem: 'not a class',
        expected: `an integer from 0 to ${classes - 1}`,
        got: String(label),
      });
    }
    data[position * classes + label] = 1;
  });
  const rest = shape.at(-1) === 1 ? shape.slice(0, -1) : shape;
  return { data, shape: [...rest, classes] };
}

function greatest(values: ArrayLike<number>): number {
  let most = -1;
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i]!);
  return most;
}
