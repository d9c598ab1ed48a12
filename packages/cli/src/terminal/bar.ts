const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of `width` columns, filled from the left to an eighth of a column. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return ('█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7]).padEnd(width);
}

/** The two parts of a thin line of `width` columns: what is done, and what is to come. */
export function progressLine(share: number, width: number): { readonly done: string; readonly rest: string } {
  const done = Math.round(Math.min(1, Math.max(0, share)) * width);
  return { done: '━'.repeat(done), rest: '─'.repeat(width - done) };
}
