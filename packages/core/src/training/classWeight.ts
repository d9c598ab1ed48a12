import { argMax, mul, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/Dataset.js';
import { DataError, ShapeError, ValueError } from '../errors/kinds.js';
import { showShape } from '../module/Shape.js';
import { describeValue } from '../options/describeValue.js';

/** The weight of each class, by index: `{ 0: 1, 1: 5 }`. Classes left out weigh 1. */
export type ClassWeight = Readonly<Record<number, number>>;

/** @throws ValueError unless classes are whole numbers from 0 on, and weights finite and not negative. */
export function checkClassWeight(classWeight: ClassWeight): void {
  for (const [label, weight] of Object.entries(classWeight)) {
    if (/^\d+$/.test(label) && Number.isFinite(weight) && weight >= 0) continue;
    throw new ValueError({
      where: 'fit, classWeight',
      problem: 'this is no weight of a class',
      expected: 'the number of a class from 0 on, with a finite weight of 0 or more: { 0: 1, 1: 5 }',
      got: `${label}: ${describeValue(weight)}`,
    });
  }
}

/** The batch with the weight of each example's class multiplied into its sample weight. Takes the batch over. */
export function withClassWeight(batch: Batch, classWeight: ClassWeight): Batch {
  const targets = batch.targets;
  if (targets === undefined || Array.isArray(targets)) {
    throw new DataError({
      where: 'fit',
      problem: 'classWeight needs a model with one output and targets',
      mend: 'use sampleWeight instead',
    });
  }
  const sampleWeight = tidy(() => {
    const oneHot = targets.shape.length > 1 && targets.shape.at(-1)! > 1;
    const classes = (oneHot ? argMax(targets, -1) : targets).dataSync();
    if (classes.length !== batch.size) {
      throw new ShapeError({
        where: 'fit',
        problem: 'classWeight needs targets with one class an example',
        got: showShape(targets.shape),
        mend: 'use sampleWeight instead',
      });
    }
    const wrong = classes.findIndex((label) => label >= 0 && !Number.isInteger(label));
    if (wrong >= 0) {
      throw new DataError({
        where: 'fit, classWeight',
        problem: `the target ${classes[wrong]} is not a class`,
        expected: 'whole numbers from 0 on',
        mend: 'use sampleWeight instead',
      });
    }
    const weights = tensor1d(Float32Array.from(classes, (label: number) => classWeight[label] ?? 1));
    return batch.sampleWeight === undefined ? weights : mul(weights, batch.sampleWeight);
  });
  batch.sampleWeight?.dispose();
  return { ...batch, sampleWeight };
}
