import { stripVTControlCharacters } from 'node:util';
import { safeText } from './safeText.js';

// Ranges that terminals draw two columns wide: Hangul, CJK, full-width forms, and the emoji planes.
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}]/u;
const ZERO = /\p{Mark}|\u200b|\u200d|\ufe0f/u;

function columnsOf(character: string): number {
  return ZERO.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
}

/** How many columns a text takes in a terminal; colours take none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) width += columnsOf(character);
  return width;
}

/** Cuts a plain text to at most `width` columns, with `…` where something was left out. */
export function truncate(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let out = '';
  let used = 0;
  for (const character of text) {
    const columns = columnsOf(character);
    if (used + columns > width - 1) break;
    out += character;
    used += columns;
  }
  return width > 0 ? `${out}…` : '';
}

/** Fills a text with blanks to `width` columns. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - textWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Lays whole blocks of lines side by side, as many in a row as fit into `width` columns. */
export function sideBySide(blocks: readonly (readonly string[])[], width: number, gap = 3): string[] {
  const blockWidth = Math.max(0, ...blocks.flat().map(textWidth));
  const perRow = Math.max(1, Math.floor((width + gap) / (blockWidth + gap)));
  const lines: string[] = [];
  for (let start = 0; start < blocks.length; start += perRow) {
    const row = blocks.slice(start, start + perRow);
    if (start > 0) lines.push('');
    for (let i = 0; i < Math.max(...row.map((block) => block.length)); i++) {
      const cells = row.map((block) => pad(block[i] ?? '', blockWidth));
      lines.push(cells.join(' '.repeat(gap)).trimEnd());
    }
  }
  return lines;
}

/** A text from outside on one line, without what could rewrite the terminal; see {@link safeText}. */
export function oneLine(text: string): string {
  return safeText(text).replace(/\s+/g, ' ').trim();
}
