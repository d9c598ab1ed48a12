/** Wraps texts in colours, or leaves them as they are. */
export interface Style {
  /** Whether colours are in use. */
  readonly colours: boolean;
  /** Whether the 24 greys of the 256 colours are there too. */
  readonly greys: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

/** What decides whether a stream gets colours. */
export interface ColourTarget {
  readonly isTTY?: boolean;
}

/** Colours only for a terminal that can show them and a user who did not turn them off (https://no-color.org). */
export function styleFor(stream: ColourTarget, env: NodeJS.ProcessEnv = process.env): Style {
  const colours = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return makeStyle(colours, colours && (/256|direct/.test(env.TERM ?? '') || !!env.COLORTERM));
}

/** A style with colours or without. */
export function makeStyle(colours: boolean, greys = colours): Style {
  const wrap = (open: number, close: number) => (text: string) =>
    colours && text !== '' ? `\x1b[${open}m${text}\x1b[${close}m` : text;
  return {
    colours,
    greys,
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
  };
}
