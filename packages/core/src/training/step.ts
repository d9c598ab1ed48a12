import { add, dispose, engine, keep, type Scalar, type Tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/Dataset.js';
import { StateError, ValueError } from '../errors/kinds.js';
import type { Model } from '../models/Model.js';
import type { Parameter } from '../module/Parameter.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import type { Rng } from '../random/Rng.js';
import { finiteness } from './finiteWeights.js';
import { figuresOf, list, type Objective } from './Objective.js';
import type { ModelOutput } from './options.js';

/** What a step works on; made once for a run, since walking the module tree each step would cost. */
export interface StepTools {
  readonly model: Model<ModelOutput>;
  readonly objective: Objective;
  /** The parameters that are trained, by path. */
  readonly parameters: ReadonlyMap<string, Parameter>;
}

/**
 * Forward, backward and update on one batch.
 * @param own Given, the loss in the statistics is NaN where the weights are not finite after the step, and the loss itself
 * is put here, for the caller to free.
 * @returns The batch's statistics, for {@link readStatistics}.
 * @throws StateError where there is nothing to train.
 */
export function trainOnBatch(
  tools: StepTools,
  optimizer: Optimizer,
  batch: Batch,
  rng: Rng,
  where: string,
  own?: Tensor[],
): Tensor {
  const { model, objective, parameters } = tools;
  if (parameters.size === 0) {
    throw new StateError({
      where,
      problem: 'the model has no parameter that may be trained',
      mend: 'set trainable to true on the model or on one of its layers',
    });
  }
  const kept: Tensor[] = [];
  try {
    return tidy(() => {
      const variables = [...parameters.values()].map((parameter) => parameter.value);
      const { value, grads } = variableGrads(() => {
        const outputs = list(model.run(batch.inputs, { training: true, rng }));
        objective.check(outputs, batch, where);
        // The tape's own scope ends before the metrics are computed. Clones, since an output may be the caller's input.
        if (objective.measures) for (const tensor of outputs) kept.push(keep(tensor.clone()));
        return objective.total(outputs, batch, parameters.values()) as Scalar;
      }, variables);
      const gradients = new Map<string, Tensor>();
      const updated = new Map<string, Parameter>();
      for (const [path, parameter] of parameters) {
        const gradient = grads[parameter.value.name];
        if (gradient === undefined) continue;
        gradients.set(path, gradient);
        updated.set(path, parameter);
      }
      optimizer.applyGradients(gradients, updated);
      const flag = own && finiteness(model);
      if (flag === undefined) return objective.statistics(value, kept, batch);
      own?.push(keep(value.clone()));
      return objective.statistics(add(value, flag), kept, batch);
    });
  } catch (error) {
    // What the tape had saved for the gradients: tfjs frees it only where they are computed.
    for (const { saved } of engine().state.activeTape ?? []) dispose(saved ?? []);
    throw ofTheTape(error, where);
  } finally {
    dispose(kept);
  }
}

/**
 * Forward on one batch without training.
 * @returns The batch's statistics, for {@link readStatistics}.
 */
export function testOnBatch(tools: StepTools, batch: Batch, rng: Rng, where: string): Tensor {
  const { model, objective, parameters } = tools;
  return tidy(() => {
    const outputs = list(model.run(batch.inputs, { training: false, rng }));
    objective.check(outputs, batch, where);
    return objective.statistics(objective.total(outputs, batch, parameters.values()), outputs, batch);
  });
}

/** What a tally adds up, from the statistics of a batch of `size` examples, which are disposed of. */
export async function readStatistics(statistics: Tensor, size: number): Promise<number[]> {
  try {
    return figuresOf(await statistics.data(), size);
  } finally {
    statistics.dispose();
  }
}

/** What tfjs says of a loss without gradients, in the words of who made the loss. */
function ofTheTape(error: unknown, where: string): unknown {
  if (!(error instanceof Error)) return error;
  const missing = /gradient function not found for (\w+)/.exec(error.message)?.[1];
  if (missing === undefined && !error.message.startsWith('Cannot find a connection')) return error;
  return new ValueError({
    where,
    problem: missing === undefined ? 'the loss does not depend on what is trained' : `${missing} has no gradient`,
    mend: 'compute it from the predictions, with operations that have gradients',
    cause: error,
  });
}

/** Frees the tensors of a batch. */
export function disposeBatch(batch: Batch): void {
  dispose([...list(batch.inputs), ...list(batch.targets), ...list(batch.sampleWeight)]);
}
