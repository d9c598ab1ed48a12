import type { Style } from '../terminal/style.js';

/** One input of `espalier predict`, ready for a recipe to encode. */
export interface ReadInput<E> {
  /** How the input is called in the output: the file, with its index where it holds several. */
  readonly name: string;
  readonly example: E;
  /** What was done to it, for people to know: `inverted (light background)`. */
  readonly notes: readonly string[];
}

/** How the inputs of `espalier predict` are to be read. */
export interface ReadOptions {
  /** Which example of a file with several; default all, up to `limit`. */
  readonly index?: number | undefined;
  /** At most how many examples of a file. */
  readonly limit: number;
}

/** A kind of example: how people give it to the command, and how they see it. */
export interface InputKind<E = unknown> {
  /** What `predict` takes, for its help and errors: `a PNG, JPEG or idx file`. */
  readonly accepts: string;
  /** Reads one argument of the command line. Throws DataError or ValueError where it is not such an input. */
  read(argument: string, options: ReadOptions): Promise<readonly ReadInput<E>[]>;
  /** Draws an example in at most `columns` columns. */
  show(example: E, columns: number, style: Style): readonly string[];
}
