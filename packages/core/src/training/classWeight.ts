import { argMax, cast, gather, mul, reshape, type Tensor, type Tensor1D, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/Dataset.js';
import { DataError } from '../errors/kinds.js';

/** The weight of each class, by index: `{ 0: 1, 1: 5 }`. Classes left out weigh 1. */
export type ClassWeight = Readonly<Record<number, number>>;

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
    const classes: Tensor = oneHot ? argMax(targets, -1) : cast(targets, 'int32');
    const highest = Math.max(oneHot ? targets.shape.at(-1)! - 1 : 0, ...classes.dataSync(), ...indices(classWeight));
    const table = Float32Array.from({ length: highest + 1 }, (_, i) => classWeight[i] ?? 1);
    const weights = gather(tensor1d(table), reshape(classes, [-1]) as Tensor1D);
    return batch.sampleWeight === undefined ? weights : mul(weights, batch.sampleWeight);
  });
  batch.sampleWeight?.dispose();
  return { ...batch, sampleWeight };
}

function indices(classWeight: ClassWeight): number[] {
  return Object.keys(classWeight).map(Number);
}
