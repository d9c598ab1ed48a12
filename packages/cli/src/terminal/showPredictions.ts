import type { InputKind } from '../inputs/InputKind.js';
import type { Seen } from '../recipes/Seen.js';
import { bar } from './bar.js';
import { percent } from './numbers.js';
import type { Output } from './Output.js';
import type { Style } from './style.js';
import { oneLine, pad, sideBySide, textWidth, truncate } from './width.js';

/** One example with what the model makes of it. */
export interface Prediction<E = unknown> {
  readonly name: string;
  readonly example: Seen<E>;
  /** One number a class. */
  readonly probabilities: readonly number[];
  /** The true class, where it is known. */
  readonly label?: number | undefined;
  readonly notes: readonly string[];
}

const LONGEST_BAR = 10;

/** The class with the highest probability. */
export function likeliest(probabilities: readonly number[]): number {
  return probabilities.indexOf(Math.max(...probabilities));
}

/** Prints examples with the probabilities of their classes as bars: drawings side by side, texts one by one. */
export function showPredictions<E>(
  predictions: readonly Prediction<E>[],
  { input, classes }: { readonly input: InputKind<unknown, E>; readonly classes: readonly string[] },
  output: Output,
): void {
  const { style, width } = output;
  const blocks = predictions.map((prediction) => {
    const drawn = input.show(prediction.example, width, style);
    const bars = barsOf(prediction.probabilities, classes, style, width);
    // A text is its own name.
    const named = drawn[0] === truncate(prediction.name, width) ? { ...prediction, name: '' } : prediction;
    const verdict = verdictOf(named, classes, style);
    return drawn.length > 1
      ? [verdict, ...joined(drawn, bars, width), ...prediction.notes.map((note) => style.dim(note))]
      : [...drawn, ...bars.map((line) => `  ${line}`), `  ${verdict}`, ...prediction.notes.map((note) => `  ${note}`)];
  });
  const drawings = blocks.some((block) => block.length > classes.length + 2);
  output.print(drawings ? sideBySide(blocks, width) : blocks.flatMap((block, i) => (i > 0 ? ['', ...block] : block)));
}

function verdictOf(prediction: Prediction, classes: readonly string[], style: Style): string {
  const best = likeliest(prediction.probabilities);
  const said = `${classes[best]}`;
  const name = prediction.name === '' ? '' : `${oneLine(prediction.name)}: `;
  if (prediction.label === undefined) return `${name}${style.bold(said)}`;
  if (prediction.label === best) return `${name}${style.green(`${said} ✓`)}`;
  return `${name}${style.red(`${said} ✗`)} ${style.dim(`it is ${classes[prediction.label]}`)}`;
}

function barsOf(probabilities: readonly number[], classes: readonly string[], style: Style, columns: number): string[] {
  const best = likeliest(probabilities);
  const widest = Math.max(...classes.map(textWidth));
  // Two blanks before it, one on each side of the bar, and the share.
  const length = Math.max(1, Math.min(LONGEST_BAR, columns - widest - 11));
  return probabilities.map((probability, i) => {
    const share = percent(probability, 1);
    const line = `${pad(classes[i]!, widest)} ${bar(probability, length)} ${pad(share, 7, 'right')}`;
    return i === best ? style.cyan(line) : style.dim(line);
  });
}

/**
 * Two blocks beside each other, the lower one filled up with blank lines; where there is no room, below each other, and
 * a drawing that is wider than the terminal goes.
 */
function joined(left: readonly string[], right: readonly string[], columns: number): string[] {
  const width = Math.max(...left.map(textWidth));
  if (width > columns) return [...right];
  if (width + 2 + Math.max(...right.map(textWidth)) > columns) return [...left, ...right];
  return Array.from(
    { length: Math.max(left.length, right.length) },
    (_, i) => `${pad(left[i] ?? '', width)}  ${right[i] ?? ''}`,
  );
}
