import { add, mul, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { TrainingError } from '../errors/kinds.js';
import type { Module } from '../module/Module.js';

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
