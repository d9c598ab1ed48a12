import { figure, percent, words } from '../terminal/numbers.js';

/** Figures as rows of a table; what is a share is shown as percent. */
export function figureRows(figures: Readonly<Record<string, number>>): string[][] {
  return Object.entries(figures).map(([name, value]) => [
    words(name),
    /accuracy$/i.test(name) ? percent(value) : figure(value),
  ]);
}
