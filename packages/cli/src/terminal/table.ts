import type { Style } from './style.js';
import { pad, textWidth, truncate } from './width.js';

/** How {@link renderTable} lays a table out. */
export interface TableOptions {
  readonly head?: readonly string[];
  /** Columns set to the right, by index. */
  readonly right?: readonly number[];
  /** The columns of the terminal; the widest column gives way. Default: no limit. */
  readonly width?: number;
  readonly style: Style;
}

const GAP = '  ';

/** A table without borders: columns aligned, the head in bold. */
export function renderTable(rows: readonly (readonly string[])[], options: TableOptions): string[] {
  const { head, right = [], width = Number.POSITIVE_INFINITY, style } = options;
  const all = head === undefined ? rows : [head, ...rows];
  const columns = Math.max(0, ...all.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, i) => Math.max(...all.map((row) => textWidth(row[i] ?? ''))));
  const total = () => widths.reduce((sum, one) => sum + one, 0) + GAP.length * (columns - 1);
  while (total() > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest]! <= 8) break;
    widths[widest] = Math.max(8, widths[widest]! - (total() - width));
  }
  const line = (row: readonly string[]) =>
    widths
      .map((columnWidth, i) => {
        const cell = row[i] ?? '';
        const cut = textWidth(cell) > columnWidth ? truncate(cell, columnWidth) : cell;
        return pad(cut, columnWidth, right.includes(i) ? 'right' : 'left');
      })
      .join(GAP)
      .trimEnd();
  return all.map((row, i) => (head !== undefined && i === 0 ? style.bold(line(row)) : line(row)));
}
