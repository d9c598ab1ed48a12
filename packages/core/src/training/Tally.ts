import { ValueError } from '../errors/kinds.js';

/** One figure of a run and how it comes from its statistics; see `Metric`. */
export interface Figure {
  readonly name: string;
  readonly statisticsSize: number;
  result(sum: ArrayLike<number>): number;
}

/** Adds up the statistics of all figures over batches, in double precision, and turns them into logs. */
export class Tally {
  readonly #source: { readonly figures: readonly Figure[] };
  readonly #sums: Map<string, Float64Array>;
  #batches = 0;

  /**
   * @param source Where the figures are known from the first batch on.
   * @param sums What an interrupted epoch had gathered.
   */
  constructor(source: { readonly figures: readonly Figure[] }, sums: Readonly<Record<string, readonly number[]>> = {}) {
    this.#source = source;
    this.#sums = new Map(Object.entries(sums).map(([name, values]) => [name, Float64Array.from(values)]));
  }

  /** How many batches were added here. */
  get batches(): number {
    return this.#batches;
  }

  /** Adds one batch: the statistics of all figures, one after the other. */
  add(statistics: ArrayLike<number>): void {
    let at = 0;
    for (const figure of this.#source.figures) {
      const sum = this.#sum(figure);
      for (let i = 0; i < sum.length; i++) sum[i]! += statistics[at++]!;
    }
    this.#batches++;
  }

  /** The figures so far. */
  logs(): Record<string, number> {
    return Object.fromEntries(this.#source.figures.map((figure) => [figure.name, figure.result(this.#sum(figure))]));
  }

  /** The sums by name, for a checkpoint. */
  sums(): Record<string, number[]> {
    return Object.fromEntries([...this.#sums].map(([name, values]) => [name, [...values]]));
  }

  #sum({ name, statisticsSize }: Figure): Float64Array {
    const sum = this.#sums.get(name) ?? new Float64Array(statisticsSize);
    if (sum.length !== statisticsSize) {
      throw new ValueError({
        where: `fit, resume, ${name}`,
        problem: 'the run to resume gathered other statistics under this name',
        expected: `${statisticsSize} numbers`,
        got: String(sum.length),
        mend: 'compile the model with the same metrics, or resume from a checkpoint at the end of an epoch',
      });
    }
    this.#sums.set(name, sum);
    return sum;
  }
}

/** `withPrefix('val', 'accuracy')` is `valAccuracy`. */
export function withPrefix(prefix: string, name: string): string {
  return `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
