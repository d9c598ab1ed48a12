import {
  type Column,
  checkOptions,
  DataError,
  describeValue,
  optionTable,
  ShapeError,
  ValueError,
} from '@espalier/core';
import { requireRoom } from '../requireRoom.js';

/** The steps of one sequence: numbers, or one list of numbers a step. */
export type Sequence = ArrayLike<number> | readonly ArrayLike<number>[];

/** Options of {@link padSequences}; names and defaults are Keras's. */
export interface PadSequencesOptions {
  /** The length that all get. Default: that of the longest. */
  readonly maxlen?: number | undefined;
  /** `int32` cuts fractions off. Default `int32`. */
  readonly dtype?: 'int32' | 'float32' | undefined;
  /** Where short sequences are filled up: before or after. Default `pre`. */
  readonly padding?: 'pre' | 'post' | undefined;
  /** Where long sequences lose steps: at the beginning or at the end. Default `pre`. */
  readonly truncating?: 'pre' | 'post' | undefined;
  /** What short sequences are filled up with. Default 0. */
  readonly value?: number | undefined;
}

const padSequencesOptions = /* @__PURE__ */ optionTable<PadSequencesOptions>('padSequences', {
  maxlen: 'integer',
  dtype: 'string',
  padding: 'string',
  truncating: 'string',
  value: 'number',
});

/**
 * Brings sequences to one length, as Keras's `pad_sequences`: examples of shape `[maxlen]`, or `[maxlen, n]` where a
 * step is a list of `n` numbers.
 *
 * @throws ValueError if there are no sequences, or an option is unknown or out of range.
 * @throws DataError if a step is no number, such as a word, or one that the dtype does not hold, naming its place.
 * @throws ShapeError if steps differ in size, naming the sequence.
 *
 * @example
 * ```ts
 * import { padSequences } from '@espalier/datasets';
 *
 * const { data, shape } = padSequences([[1], [2, 3], [4, 5, 6]], { maxlen: 2 });
 * if (data.join() !== '0,1,2,3,5,6' || shape[0] !== 2) throw new Error('wrong padding');
 * ```
 */
export function padSequences(sequences: readonly Sequence[], options?: PadSequencesOptions): Column {
  options = checkOptions(options, padSequencesOptions);
  requireSequences(sequences);
  const { dtype = 'int32', padding = 'pre', truncating = 'pre', value = 0 } = options;
  requireSide('padding', padding);
  requireSide('truncating', truncating);
  const holds = holder(dtype);
  if (!holds(value))
    throw new ValueError({ where: 'padSequences value', problem: `${dtype} does not hold it`, got: String(value) });
  const length = options.maxlen ?? sequences.reduce((most, sequence) => Math.max(most, sequence.length), 0);
  if (!Number.isInteger(length) || length < 1) {
    throw new ValueError({
      where: 'padSequences maxlen',
      problem: 'there must be at least one step',
      got: options.maxlen === undefined ? 'no sequence with a step' : String(length),
    });
  }
  const first = sequences.find((sequence) => sequence.length > 0)?.[0];
  const stepSize = isStepList(first) ? first.length : undefined;
  const row = length * (stepSize ?? 1);
  requireRoom(
    'padSequences',
    sequences.length * row,
    `${sequences.length} sequences of ${row}`,
    'give a smaller maxlen',
  );
  const data = new (dtype === 'int32' ? Int32Array : Float32Array)(sequences.length * row).fill(value);

  sequences.forEach((sequence, i) => {
    const kept = Math.min(sequence.length, length);
    const from = truncating === 'pre' ? sequence.length - kept : 0;
    const to = i * row + (padding === 'pre' ? length - kept : 0) * (stepSize ?? 1);
    for (let step = 0; step < kept; step++) {
      const given = sequence[from + step]!;
      if ((isStepList(given) ? given.length : undefined) !== stepSize)
        throw unevenStep(i, from + step, given, stepSize);
      const values = isStepList(given) ? given : [given];
      for (let k = 0; k < values.length; k++) {
        if (!holds(values[k])) throw notHeld(i, from + step, values[k], dtype);
        data[to + step * values.length + k] = values[k]!;
      }
    }
  });
  return { data, shape: stepSize === undefined ? [length] : [length, stepSize], dtype };
}

function isStepList(step: number | ArrayLike<number> | undefined): step is ArrayLike<number> {
  return typeof step === 'object' && step !== null;
}

/** What `Int32Array` and `Float32Array` take without changing it to something else: fractions are cut, as documented. */
function holder(dtype: string): (value: unknown) => boolean {
  if (dtype === 'float32') return (value) => typeof value === 'number';
  if (dtype === 'int32') return (value) => typeof value === 'number' && Math.trunc(value) === (value | 0);
  throw new ValueError({ where: 'padSequences dtype', problem: 'unknown', expected: 'int32 or float32', got: dtype });
}

function requireSequences(sequences: readonly Sequence[]): void {
  if (!Array.isArray(sequences)) {
    throw new ValueError({
      where: 'padSequences',
      problem: 'sequences are given as a list of lists of numbers',
      got: describeValue(sequences),
    });
  }
  for (let i = 0; i < sequences.length; i++) {
    if (Array.isArray(sequences[i]) || ArrayBuffer.isView(sequences[i])) continue;
    throw new DataError({
      where: `sequences[${i}]`,
      problem: 'this is no sequence',
      expected: 'a list of numbers',
      got: describeValue(sequences[i]),
      ...(typeof sequences[i] === 'string' && { mend: 'turn texts into numbers first: Tokenizer.textsToSequences' }),
    });
  }
}

function notHeld(i: number, step: number, got: unknown, dtype: string): DataError {
  return new DataError({
    where: `sequences[${i}][${step}]`,
    problem: typeof got === 'number' ? `${dtype} does not hold this number` : 'this is no number',
    expected: dtype === 'int32' ? 'a number from -2147483648 to 2147483647' : 'a number',
    got: describeValue(got),
    ...(typeof got === 'string' && { mend: 'turn words into numbers first: Tokenizer.textsToSequences' }),
  });
}

function requireSide(name: string, side: string): void {
  if (side === 'pre' || side === 'post') return;
  throw new ValueError({ where: `padSequences ${name}`, problem: 'unknown side', expected: 'pre or post', got: side });
}

function unevenStep(i: number, step: number, given: number | ArrayLike<number>, size: number | undefined): ShapeError {
  const show = (length: number | undefined) => (length === undefined ? 'a number' : `a list of ${length} numbers`);
  return new ShapeError({
    where: `sequences[${i}][${step}]`,
    problem: 'the steps differ in size',
    expected: `${show(size)}, as the first step`,
    got: show(isStepList(given) ? given.length : undefined),
  });
}
