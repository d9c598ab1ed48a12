import type { Style } from './style.js';
import { renderTable } from './table.js';
import { textWidth } from './width.js';
import { wrapLine } from './wrap.js';

const INDENT = '  ';

/** Names with what is known of them, as a table; where that has no room, each name has its lines below it. */
export function renderFacts(
  rows: readonly (readonly string[])[],
  { width, style }: { readonly width: number; readonly style: Style },
): string[] {
  const table = renderTable(rows, { style });
  if (table.every((line) => textWidth(line) <= width)) return table;
  return rows.flatMap(([name = '', value = '']) => {
    const line = `${name}: ${value}`;
    return textWidth(line) <= width ? [line] : [`${name}:`, ...wrapLine(INDENT + value, width, INDENT.length)];
  });
}
