/** What is known about a model: what it is for, and what it reached where it was measured. */
export interface ModelCard {
  /** The name under which the table {@link models} and the `espalier` command know it. */
  readonly name: string;
  /** One line: what goes in and what comes out. */
  readonly title: string;
  /** The layers in short. */
  readonly architecture: string;
  /** The numbers it holds with the default options. */
  readonly parameters: number;
  /** Measured results, each with the command that prints it. */
  readonly results: readonly CardResult[];
}

/** One measured result of a {@link ModelCard}. */
export interface CardResult {
  /** The data set and the part of it that was measured on. */
  readonly data: string;
  /** What was measured: `accuracy`. */
  readonly metric: string;
  /** The figure, from 0 to 1. */
  readonly value: number;
  /** How it was trained. */
  readonly training: string;
  /** The command that prints the figure. */
  readonly command: string;
}
