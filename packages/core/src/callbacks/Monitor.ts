import { TrainingError, ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import { describeValue } from '../options/describeValue.js';

/** Whether less or more of a figure is better; `auto` decides by its name. */
export type MonitorMode = 'auto' | 'min' | 'max';

const LESS_IS_BETTER = /(loss|error|crossentropy|divergence|perplexity|hinge)$/i;
const MORE_IS_BETTER = /(acc|accuracy|auc|precision|recall|f1|score|iou|similarity)$/i;

/** A figure of the logs, and when it counts as better. */
export class Monitor {
  readonly #sign: 1 | -1;

  /**
   * @param owner Who monitors, for errors.
   * @param minDelta By how much a value must beat the best to count.
   * @throws ValueError where `mode` is `auto` and the name does not tell.
   */
  constructor(
    readonly owner: string,
    /** The name in the logs. */
    readonly figure: string,
    mode: MonitorMode,
    readonly minDelta = 0,
  ) {
    if (!['auto', 'min', 'max'].includes(mode)) {
      throw new ValueError({
        where: `${owner}, mode`,
        problem: 'there is no such mode',
        expected: "'auto', 'min' or 'max'",
        got: describeValue(mode),
      });
    }
    // As the logs have it, of what Keras would call it.
    const camel = figure.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    if (/^val_/.test(figure)) {
      throw new ValueError({
        where: `${owner}, monitor`,
        problem: `figures of validation go by names like 'valLoss'`,
        got: figure,
        mend: `did you mean '${camel}'?`,
      });
    }
    if (mode === 'auto' && !LESS_IS_BETTER.test(figure) && !MORE_IS_BETTER.test(figure)) {
      throw new ValueError({
        where: owner,
        problem: `whether more or less of '${figure}' is better cannot be told from its name`,
        mend: "pass mode: 'min' or mode: 'max'",
      });
    }
    this.#sign = mode === 'min' || (mode === 'auto' && LESS_IS_BETTER.test(figure)) ? 1 : -1;
  }

  /**
   * Whether `value` beats `best` by more than `minDelta`. NaN and infinities are never better: nothing could beat them
   * later. Any other value beats none.
   */
  improves(value: number, best: number | undefined): boolean {
    if (!Number.isFinite(value)) return false;
    return best === undefined || this.#sign * (best - value) > Math.abs(this.minDelta);
  }

  /**
   * Checks that there is such a figure.
   * @throws TrainingError naming the figures that there are.
   */
  requireIn(figures: readonly string[]): void {
    if (figures.includes(this.figure)) return;
    const validation = /^val[A-Z]/.test(this.figure) && !figures.some((name) => /^val[A-Z]/.test(name));
    throw new TrainingError({
      where: this.owner,
      problem: `the logs have no '${this.figure}'`,
      expected: `one of ${figures.join(', ')}`,
      got: this.figure,
      mend: validation
        ? 'pass validationData to fit, or monitor a figure of training'
        : suggestNames(this.figure, figures),
    });
  }
}
