import { numbersOf, type TypedArray } from '../bytes/numbersOf.js';
import { ShapeError, ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import { flattenNested, type NestedNumbers } from './flattenNested.js';

/** The arrays that a column may lie in. */
export type ColumnData = Float32Array | Int32Array | Uint8Array;

/** Examples of equal shape, one behind the other in one array of the host. */
export interface Column {
  /**
   * The values of the first example, then of the second, and so on. {@link columnOf} takes every kind of typed array here
   * and answers with one of these three.
   */
  readonly data: ColumnData;
  /** The shape of ONE example: `[28, 28, 1]` for images, `[]` for one number an example. */
  readonly shape: readonly number[];
  /** The dtype of the tensors made from it. Default: `int32` for an `Int32Array`, else `float32`. */
  readonly dtype?: 'float32' | 'int32' | undefined;
  /** Multiplies every value on its way into a tensor, such as 1/255 for bytes; `float32` only. Default 1. */
  readonly scale?: number | undefined;
}

/** Numbers that columns are made from: nested lists, a typed array (one number an example), or a column itself. */
export type ColumnLike = NestedNumbers | TypedArray | Column;

/** Whether `value` is a {@link Column}, as opposed to a plain list of numbers. */
export function isColumn(value: unknown): value is Column {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && 'data' in value && 'shape' in value;
}

/** The number of values in one example. */
export function rowSize(column: Column): number {
  return column.shape.reduce((product, size) => product * size, 1);
}

/** The number of examples in a column. */
export function columnLength(column: Column): number {
  return column.data.length / rowSize(column);
}

/** The examples from `start` up to `end`, which share the memory of the column. */
export function sliceColumn(column: Column, start: number, end: number): Column {
  const row = rowSize(column);
  return { ...column, data: column.data.subarray(start * row, end * row) };
}

/**
 * Makes a {@link Column} of nested lists or of a typed array. The first axis is the examples; what is below it is the
 * shape of one. Lists become `float32`.
 *
 * Typed arrays may be of any kind, and from another page, frame or worker: float32, int32 and bytes stay where they are;
 * numbers of 8 and 16 bits and float64 become `float32`; larger integers `int32`.
 *
 * @param where What the values are to the caller; errors begin with it.
 * @throws ShapeError if the lists are ragged or the array holds no whole number of examples.
 * @throws ValueError if something in it is not a number, an integer does not fit `int32`, or the scale does not go with
 * the dtype.
 *
 * @example
 * ```ts
 * import { columnOf } from '@espalier/core';
 *
 * const { data, shape } = columnOf([[1, 2], [3, 4], [5, 6]], 'x');
 * if (data.length !== 6 || shape.join() !== '2') throw new Error('wrong column');
 * ```
 */
export function columnOf(values: ColumnLike, where: string): Column {
  if (isColumn(values)) return checkColumn(values, where);
  if (Array.isArray(values)) {
    const { data, shape } = flattenNested(values, where);
    return { data, shape: shape.slice(1) };
  }
  return { data: typedData(values, where), shape: [] };
}

function typedData(values: unknown, where: string): ColumnData {
  const data = numbersOf(values, where);
  if (data !== undefined) return data;
  throw new ValueError({
    where,
    problem: 'this cannot be read as numbers',
    expected: 'nested lists of numbers, a typed array, a tensor or a column',
    got: describeValue(values),
    ...(/Buffer|DataView/.test(Object.prototype.toString.call(values)) && {
      mend: 'say what the bytes are: new Float32Array(buffer), new Uint8Array(buffer)',
    }),
  });
}

function checkColumn(given: Column, where: string): Column {
  const data = typedData(given.data, `${where}, data`);
  const column = data === given.data ? given : { ...given, data };
  const row = rowSize(column);
  if (!column.shape.every((size) => Number.isInteger(size) && size > 0)) {
    throw new ShapeError({
      where,
      problem: 'the shape of an example must be of positive integers',
      got: `(${column.shape.join(', ')})`,
    });
  }
  if (column.data.length % row !== 0) {
    throw new ShapeError({
      where,
      problem: 'the data is not a whole number of examples',
      expected: `a multiple of ${row} values, for examples of shape (${column.shape.join(', ')})`,
      got: `${column.data.length} values`,
    });
  }
  if (column.scale !== undefined && dtypeOf(column) === 'int32') {
    throw new ValueError({
      where,
      problem: 'a scale needs dtype float32',
      got: `scale ${column.scale}, dtype int32`,
      mend: "Set dtype: 'float32', or leave the scale out.",
    });
  }
  return column;
}

/** The dtype of the tensors made from a column. */
export function dtypeOf(column: Column): 'float32' | 'int32' {
  return column.dtype ?? (column.data instanceof Int32Array ? 'int32' : 'float32');
}
