import { Callback, type Logs } from '@espalier/core';
import { LiveLine } from './LiveLine.js';
import type { Output } from './Output.js';
import { epochText, progressText } from './progressText.js';

/** How long an epoch must take, in seconds, for its line to stay in a terminal. */
const WORTH_A_LINE = 0.5;

/** Shows training: a live line in a terminal, one line an epoch elsewhere, one event an epoch with `--json`. */
export class TrainingProgress extends Callback {
  readonly #output: Output;
  readonly #line: LiveLine;
  #start = 0;
  #epochStart = 0;
  #epoch = 0;
  #stepsHere = 0;
  #stepsOfEpochHere = 0;

  constructor(output: Output) {
    super();
    this.#output = output;
    this.#line = new LiveLine(output.stream, 80, output.isLive);
  }

  override onTrainBegin(): void {
    this.#start = performance.now();
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#epochStart = performance.now();
    this.#stepsOfEpochHere = 0;
  }

  override onTrainBatchEnd(batch: number, logs: Logs): void {
    this.#stepsHere++;
    this.#stepsOfEpochHere++;
    this.#line.update((columns) => {
      const { epochs, steps } = this.params;
      const done = batch + 1;
      const left = steps === undefined ? undefined : (epochs - this.#epoch) * steps - done;
      const state = {
        epoch: this.#epoch + 1,
        epochs,
        step: done,
        steps,
        stepsPerSecond: this.#stepsOfEpochHere / secondsSince(this.#epochStart),
        remaining: left === undefined ? undefined : (left * secondsSince(this.#start)) / this.#stepsHere,
        figures: logs,
      };
      return progressText(state, columns, this.#output.style);
    });
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    const { epochs, steps } = this.params;
    const seconds = secondsSince(this.#epochStart);
    const state = { epoch: epoch + 1, epochs, seconds };
    this.#output.event({ event: 'epoch', epoch: epoch + 1, epochs, steps, ...logs, seconds: rounded(seconds) });
    if (!this.#staysVisible(epoch, seconds)) return;
    this.#line.clear();
    this.#output.print(epochText(state, logs, this.#output.style));
  }

  override onTrainEnd(): void {
    this.#line.clear();
  }

  /** In a terminal, of many quick epochs only some stay; a log gets them all. */
  #staysVisible(epoch: number, seconds: number): boolean {
    const { epochs } = this.params;
    if (!this.#output.isLive || seconds >= WORTH_A_LINE || epoch + 1 === epochs) return true;
    return (epoch + 1) % Math.ceil(epochs / 10) === 0;
  }
}

function secondsSince(start: number): number {
  return Math.max(1e-3, (performance.now() - start) / 1000);
}

/** Milliseconds are as exact as a duration in a report gets. */
export function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
