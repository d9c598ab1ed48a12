import { textWidth } from './width.js';

/** Breaks a line between words into lines of at most `width` columns; those that follow are indented as the first, and two more. Words that are longer stay whole. */
export function wrapLine(line: string, width: number, hanging?: number): string[] {
  if (textWidth(line) <= width) return [line];
  const indent = /^ */.exec(line)![0];
  const deeper = ' '.repeat(Math.min(hanging ?? indent.length + 2, Math.max(0, width - 10)));
  const lines: string[] = [];
  let current = indent;
  let started = false;
  for (const word of line.slice(indent.length).split(/ +/)) {
    const longer = started ? `${current} ${word}` : current + word;
    if (started && textWidth(longer) > width) {
      lines.push(current);
      current = deeper + word;
    } else {
      current = longer;
    }
    started = true;
  }
  return [...lines, current];
}

/** All lines of a text, broken between words. */
export function wrapText(text: string, width: number): string {
  return text
    .split('\n')
    .flatMap((line) => wrapLine(line, width))
    .join('\n');
}
