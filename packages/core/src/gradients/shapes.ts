import type { Tensor } from '@tensorflow/tfjs-core';
import { reshape, sum, tile } from './kernels.js';

/** Axes as a kernel's attribute gives them: one, several, or none for all. */
export type Axes = number | readonly number[] | null | undefined;

/** The axes as a list of indices from 0 upwards, in ascending order. */
export function listAxes(axes: Axes, rank: number): number[] {
  const list = axes == null ? [...Array(rank).keys()] : [axes].flat();
  return list.map((axis) => positive(axis as number, rank)).sort((a, b) => a - b);
}

/** For each axis, how many positions lie before and after it. */
export type Margins = readonly (readonly [before: number, after: number])[];

/** The axis counted from the front. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

export const withoutAxis = (shape: readonly number[], axis: number): number[] => shape.filter((_, i) => i !== axis);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((size, i) => size === b[i]);

/**
 * The adjoint of broadcasting: sums `grad` over every axis along which a tensor of `shape` was repeated.
 * Answers `grad` itself where nothing was.
 */
export function unbroadcast(grad: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(grad.shape, shape)) return grad;
  const missing = grad.rank - shape.length;
  const repeated = grad.shape.flatMap((size, i) =>
    i < missing || (shape[i - missing] === 1 && size !== 1) ? [i] : [],
  );
  return reshape(repeated.length > 0 ? sum(grad, repeated) : grad, shape);
}

/** The adjoint of a reduction of a tensor of `shape` over `axes`: repeats `grad` along them. */
export function unreduce(grad: Tensor, shape: readonly number[], axes: readonly number[]): Tensor {
  return tile(
    reshape(grad, keptShape(shape, axes)),
    shape.map((size, i) => (axes.includes(i) ? size : 1)),
  );
}

/** `shape` with size 1 along the reduced axes. */
export const keptShape = (shape: readonly number[], axes: readonly number[]): number[] =>
  shape.map((size, i) => (axes.includes(i) ? 1 : size));
