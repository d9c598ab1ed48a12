import { add, mul, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors/kinds.js';
import type { Module } from '../module/Module.js';
import { requireFinite } from './requireFinite.js';
import type { StepTools } from './step.js';

/** A scalar, in a `tidy`: 0 where all weights and states are finite, else NaN. */
export function finiteness(module: Module): Tensor | undefined {
  let total: Tensor | undefined;
  for (const { value } of module.parameters().values()) {
    if (value.dtype !== 'float32' || value.size === 0) continue;
    const one = sum(mul(value as Tensor, 0));
    total = total === undefined ? one : add(total, one);
  }
  return total;
}

/**
 * Looks for NaN and infinity in weights and states: the loss is of the weights before the step, so it does not show what
 * the last one did.
 * @throws TrainingError naming the parameter.
 */
export async function requireFiniteWeights(module: Module, where: string): Promise<void> {
  const flag = tidy(() => finiteness(module));
  if (flag === undefined) return;
  const [zero] = await flag.data();
  flag.dispose();
  if (zero === 0) return;
  for (const [path, { value }] of module.parameters()) {
    const values = await value.data();
    const at = values.findIndex((weight) => !Number.isFinite(weight));
    if (at < 0) continue;
    throw new TrainingError({
      where: `${where}, ${path}`,
      problem: 'the weights are no longer finite',
      got: `${values[at]} at index ${at}`,
      mend: 'lower the learning rate, clip gradients, or look for NaN in the data; saved checkpoints are intact',
    });
  }
}

/**
 * As {@link requireFinite}, for a loss in training: its step has already spoilt the weights whose gradients were not finite.
 * @throws TrainingError naming them, where the loss is NaN or infinite.
 */
export async function requireFiniteLoss(
  loss: number,
  { model, objective }: Pick<StepTools, 'model' | 'objective'>,
  where: string,
): Promise<void> {
  if (Number.isFinite(loss)) return;
  const spoilt: string[] = [];
  for (const [path, { value }] of model.parameters()) {
    if (!(await value.data()).every(Number.isFinite)) spoilt.push(path);
  }
  const more = spoilt.length > 3 ? ` and ${spoilt.length - 3} more` : '';
  const which = `no finite weights or gradients in ${spoilt.slice(0, 3).join(', ')}${more}`;
  requireFinite(loss, where, objective.losses, spoilt.length > 0 ? which : 'weights that are all finite');
}
