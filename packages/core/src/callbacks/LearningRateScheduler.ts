import { TrainingError, ValueError } from '../errors/kinds.js';
import { describeValue, isClass } from '../options/describeValue.js';
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
    if (typeof schedule !== 'function' || isClass(schedule)) {
      throw new ValueError({
        where: 'LearningRateScheduler',
        problem: 'the schedule is a function of the epoch and the rate so far',
        got: describeValue(schedule),
        mend:
          typeof (schedule as { readonly at?: unknown } | null | undefined)?.at === 'function'
            ? 'give a schedule of steps to the optimizer, as its learningRate'
            : 'write new LearningRateScheduler((epoch, rate) => rate * 0.9)',
      });
    }
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
