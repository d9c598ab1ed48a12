import type { EspalierError } from '@espalier/core';
import { safeText } from './terminal/safeText.js';
import { oneLine } from './terminal/width.js';
import { wrapLine } from './terminal/wrap.js';

/** More of what an error quotes than anybody reads. */
const LONGEST = 600;

const INDENT = '            ';

/**
 * An error for people: what is wrong, what was expected, what came, how to mend it. What it quotes stays on the line of
 * its own, so that no file can write lines of an error.
 * @param columns Of the terminal, where there is one.
 */
export function errorText({ parts }: EspalierError, columns: number | undefined, head: string): string {
  const { where, problem, expected, got, mend } = parts;
  const rows = [
    [head, `${short(where)}: ${short(problem)}.`],
    ['  expected: ', expected],
    ['  got:      ', got],
    ['  mend:     ', mend],
  ] as const;
  return rows
    .flatMap(([label, text]) => {
      if (text === undefined) return [];
      const line = label + short(text);
      return columns === undefined ? [line] : wrapLine(line, columns, label === head ? 2 : INDENT.length);
    })
    .join('\n');
}

function short(text: string): string {
  const line = oneLine(text.slice(0, 4 * LONGEST));
  return line.length > LONGEST ? `${safeText(line.slice(0, LONGEST))}…` : line;
}
