import type { Style } from '../terminal/style.js';

/** One argument of `espalier predict`. */
export interface Argument {
  readonly value: string;
  /** Whether it was given with `--text`: then it is never the name of a file. */
  readonly isText: boolean;
}

/** One input of `espalier predict` as it came, for {@link Recipe.see}. */
export interface RawInput<R> {
  /** How the input is called in the output: the file, with its index where it holds several. */
  readonly name: string;
  readonly raw: R;
  /** What people should know about it. */
  readonly notes?: readonly string[];
}

/** How the inputs of `espalier predict` are to be read. */
export interface ReadOptions {
  /** Which example of a file with several; default all, up to `limit`. */
  readonly index?: number | undefined;
  /** At most how many examples of a file. */
  readonly limit: number;
  /** At most how many bytes are read of a file or of standard input. */
  readonly maxBytes: number;
}

/** A kind of example: how people give it to the command, and how they see it. */
export interface InputKind<R = unknown, E = unknown> {
  /** What `predict` takes, for its help and errors: `a PNG, JPEG or idx file`. */
  readonly accepts: string;
  /** Reads one argument of the command line. Throws DataError or ValueError where it is not such an input. */
  read(argument: Argument, options: ReadOptions): Promise<readonly RawInput<R>[]>;
  /** Draws an example in at most `columns` columns. */
  show(example: E, columns: number, style: Style): readonly string[];
  /** Whether nothing is in it that a model could see. */
  isEmpty?(example: E): boolean;
  /** What was done to it on its way in, for people to know. */
  notes?(example: E): readonly string[];
}
