import { TrainingError } from '../errors/kinds.js';
import { Callback, type CallbackState } from './Callback.js';

/**
 * Sets the learning rate at the start of every epoch to what a function of the epoch, from 0, and the rate so far says.
 * A run that is resumed in the middle of an epoch does not ask again for that epoch.
 *
 * @throws TrainingError where the function gives no finite number.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { LearningRateScheduler, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss: 'meanSquaredError' });
 * const halve = new LearningRateScheduler((epoch, rate) => (epoch === 0 ? rate : rate / 2));
 * await model.fit([[1]], [[5]], { epochs: 3, callbacks: [halve] });
 * if (model.optimizer.learningRate !== 0.125) throw new Error('halved twice');
 * ```
 */
export class LearningRateScheduler extends Callback {
  override readonly name = 'LearningRateScheduler';
  readonly #schedule: (epoch: number, learningRate: number) => number;
  /** The epoch that the rate was last set for. */
  #setFor = -1;
  #resumed = false;

  constructor(schedule: (epoch: number, learningRate: number) => number) {
    super();
    this.#schedule = schedule;
  }

  override state(): CallbackState {
    return { values: this.#setFor };
  }

  override restoreState({ values }: CallbackState): void {
    this.#setFor = values as number;
    this.#resumed = true;
  }

  override onTrainBegin(): void {
    if (!this.#resumed) this.#setFor = -1;
    this.#resumed = false;
  }

  override onEpochBegin(epoch: number): void {
    if (epoch === this.#setFor) return;
    const { optimizer } = this.model;
    const rate = this.#schedule(epoch, optimizer.learningRate);
    if (!Number.isFinite(rate)) {
      throw new TrainingError({
        where: `${this.name}, epoch ${epoch}`,
        problem: 'the schedule gave no learning rate',
        expected: 'a finite number',
        got: String(rate),
      });
    }
    optimizer.learningRate = rate;
    this.#setFor = epoch;
  }
}
