import { expandDims, mean, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { asType } from '../fused/asType.js';
import { type Shape, showShape } from '../module/Shape.js';

/** Whether two sizes can be the same; `null` is any size. */
function agree(a: number | null | undefined, b: number | null | undefined): boolean {
  return a === b || a === null || b === null;
}

/** Whether the shapes agree on all their axes. */
function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, i) => agree(size, b[i]));
}

/** Whether `targets` is a label for each row of `predictions`: `[batch, …]` or `[batch, …, 1]` for `[batch, …, classes]`. */
function areLabels(targets: Shape, predictions: Shape): boolean {
  const rows = predictions.slice(0, -1);
  return predictions.length > 0 && (sameShape(targets, rows) || sameShape(targets, [...rows, 1]));
}

/** @throws ShapeError unless `targets` is a distribution for each row; `sparse` is what takes labels instead. */
export function checkOneHot(targets: Shape, predictions: Shape, where: string, sparse: string): void {
  if (sameShape(targets, predictions)) return;
  throw new ShapeError({
    where,
    problem: `the targets are not one-hot over the ${predictions.at(-1) ?? 'predicted'} classes`,
    expected: showShape(predictions),
    got: showShape(targets),
    mend: areLabels(targets, predictions)
      ? `use ${sparse} for integer labels, or one-hot encode them`
      : 'give the targets the shape that the last layer puts out',
  });
}

/** @throws ShapeError unless `targets` is a label for each row; `dense` is what takes one-hot targets instead. */
export function checkLabels(targets: Shape, predictions: Shape, where: string, dense: string): void {
  if (areLabels(targets, predictions)) return;
  throw new ShapeError({
    where,
    problem: 'the targets are not one integer label for each row of predictions',
    expected: showShape(predictions.slice(0, -1)),
    got: showShape(targets),
    mend: sameShape(targets, predictions)
      ? `use ${dense} for one-hot targets`
      : `give one label for each row of the predictions, ${showShape(predictions)}`,
  });
}

/** The one shape that both take where one of them lacks a last axis of size 1; undefined where they do not fit. */
function commonShape(targets: Shape, predictions: Shape): Shape | undefined {
  if (sameShape(targets, predictions)) return predictions;
  if (sameShape([...targets, 1], predictions)) return predictions;
  return sameShape(targets, [...predictions, 1]) ? targets : undefined;
}

/** @throws ShapeError unless the shapes are equal up to a last axis of size 1. */
export function checkElementwise(targets: Shape, predictions: Shape, where: string): void {
  if (commonShape(targets, predictions) !== undefined) return;
  throw new ShapeError({
    where,
    // Keras would broadcast here and learn something else than what was meant.
    problem: 'the targets do not have the shape of the predictions',
    expected: showShape(predictions),
    got: showShape(targets),
    mend: 'give the targets the shape that the last layer puts out',
  });
}

/** Gives both the same rank, after {@link checkElementwise}: `[batch]` against `[batch, 1]` would broadcast to a square. */
export function sameRank(targets: Tensor, predictions: Tensor): [Tensor, Tensor] {
  if (targets.rank < predictions.rank) return [expandDims(targets, -1), predictions];
  if (predictions.rank < targets.rank) return [targets, expandDims(predictions, -1)];
  return [targets, predictions];
}

/** One int32 label for each row of the predictions, in their shape without the classes; after {@link checkLabels}. */
export function labelsOf(targets: Tensor, predictions: Tensor): Tensor {
  const labels = asType(targets, 'int32');
  return targets.rank < predictions.rank ? labels : reshape(labels, predictions.shape.slice(0, -1));
}

/** The mean over all axes but the first. */
export function perExample(values: Tensor): Tensor {
  return values.rank > 1
    ? mean(
        values,
        values.shape.slice(1).map((_, i) => i + 1),
      )
    : values;
}

/** @throws ShapeError where there is one class alone: its share is 1 whatever the model does, and nothing is learned. */
export function requireClasses(predictions: Shape, where: string): void {
  if (predictions.at(-1) !== 1) return;
  throw new ShapeError({
    where,
    problem: 'a single class cannot be told from others',
    got: showShape(predictions),
    mend: "use 'sigmoid' and the loss 'binaryCrossentropy', or one unit for each class",
  });
}
