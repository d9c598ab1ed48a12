import { progressLine } from './bar.js';
import { duration, figure, words } from './numbers.js';
import type { Style } from './style.js';
import { textWidth, truncate } from './width.js';

/** Where training stands. */
export interface ProgressState {
  /** From 1. */
  readonly epoch: number;
  readonly epochs: number;
  readonly step: number;
  /** Steps in the epoch, where known. */
  readonly steps: number | undefined;
  readonly stepsPerSecond: number;
  /** Until the end of training, in seconds, where known. */
  readonly remaining: number | undefined;
  readonly figures: Readonly<Record<string, number>>;
}

const LONGEST_BAR = 28;
const SHORTEST_BAR = 6;

/** One line about a running epoch in at most `columns` columns: what matters least goes first, then the bar shrinks. */
export function progressText(state: ProgressState, columns: number, style: Style): string {
  const { step, steps } = state;
  const named = Object.entries(state.figures).map(([name, value]) => `${words(name)} ${figure(value)}`);
  const parts = [
    { text: `Epoch ${state.epoch}/${state.epochs}`, drop: 9 },
    { text: steps === undefined ? `${step} steps` : `${step}/${steps}`, drop: 3 },
    ...named.map((text, i) => ({ text, drop: 8 - Math.min(i, 3) })),
    { text: `${rate(state.stepsPerSecond)} steps/s`, drop: 2 },
    ...(state.remaining === undefined ? [] : [{ text: `ETA ${duration(state.remaining)}`, drop: 4 }]),
  ];
  const withBar = steps !== undefined && steps > 0;
  const room = () => columns - parts.reduce((sum, { text }) => sum + textWidth(text) + 2, -2);
  while (parts.length > 1 && room() < (withBar && parts.length > 2 ? SHORTEST_BAR + 2 : 0)) {
    parts.splice(parts.indexOf(parts.reduce((least, part) => (part.drop < least.drop ? part : least))), 1);
  }
  const [head, ...rest] = parts.map(({ text }) => truncate(text, columns));
  const width = Math.min(LONGEST_BAR, room() - 2);
  const line = withBar && width >= SHORTEST_BAR ? [drawBar(step / steps, width, style)] : [];
  return [style.bold(head!), ...line, ...rest].join('  ');
}

function drawBar(share: number, width: number, style: Style): string {
  const { done, rest } = progressLine(share, width);
  return style.green(done) + style.dim(rest);
}

function rate(perSecond: number): string {
  return perSecond >= 99.95 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}

/** The line that stays of an epoch that is done. */
export function epochText(
  state: { readonly epoch: number; readonly epochs: number; readonly seconds: number },
  figures: Readonly<Record<string, number>>,
  style: Style,
): string {
  const width = String(state.epochs).length;
  const head = `Epoch ${String(state.epoch).padStart(width)}/${state.epochs}`;
  const named = Object.entries(figures).map(([name, value]) => `${words(name)} ${figure(value)}`);
  return [style.bold(head), ...named, style.dim(duration(state.seconds))].join('  ');
}
