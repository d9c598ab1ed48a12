import { TrainingError } from '../errors/kinds.js';
import type { Loss } from '../losses/Loss.js';

/**
 * @param got What is known of how it came about.
 * @throws TrainingError where the loss is NaN or infinite.
 */
export function requireFinite(loss: number, where: string, losses: readonly Loss[] = [], got?: string): void {
  if (Number.isFinite(loss)) return;
  const wantsProbabilities = losses.some((one) => 'fromLogits' in one && one.fromLogits === false);
  const first = wantsProbabilities
    ? "end the model with 'softmax' or 'sigmoid', or give the loss fromLogits: true, "
    : '';
  throw new TrainingError({
    where,
    problem: `the loss is ${loss}`,
    expected: 'a finite number',
    ...(got !== undefined && { got }),
    mend: `${first}lower the learning rate, clip gradients, or look for NaN in the data; saved checkpoints are intact`,
  });
}
