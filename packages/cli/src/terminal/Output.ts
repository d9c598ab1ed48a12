import { Closing } from './Closing.js';
import { safeJson, safeText } from './safeText.js';
import { type Style, styleFor } from './style.js';
import { wrapText } from './wrap.js';

/** One line of machine-readable output; what `--json` prints. */
export interface OutputEvent {
  readonly event: string;
  readonly [key: string]: unknown;
}

/** A stream to write to, with what a terminal adds. */
export interface OutputStream {
  /** Whether somebody watches: only then lines are redrawn and coloured. */
  readonly isTTY?: boolean;
  /** The width of the terminal in characters. */
  readonly columns?: number;
  /** Writes text as it is. */
  write(text: string): unknown;
}

/** What an {@link Output} speaks to. */
export interface OutputTarget {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
  readonly closing?: Closing | undefined;
}

/**
 * Where a command speaks. Without `--json`, people read standard output; with it, standard output carries one JSON
 * object a line and nothing else, and what people read goes to standard error.
 *
 * All that is printed passes {@link safeText} here, whatever it quotes.
 */
export class Output {
  readonly json: boolean;
  readonly style: Style;
  readonly stream: OutputStream;
  readonly closing: Closing;
  readonly #events: OutputStream;
  readonly #env: NodeJS.ProcessEnv;

  constructor(json: boolean, { stdout, stderr, env, closing = new Closing() }: OutputTarget = process) {
    this.json = json;
    this.stream = json ? stderr : stdout;
    this.closing = closing;
    this.#events = stdout;
    this.#env = env;
    this.style = styleFor(this.stream, env);
  }

  /** Whether somebody looks at a terminal, so that lines are to fit it. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** Whether lines can be redrawn in place: not in a log, nor where escape sequences are not known or not wanted. */
  get isLive(): boolean {
    const { TERM, NO_COLOR, CI } = this.#env;
    return this.isTerminal && TERM !== 'dumb' && !NO_COLOR && !CI;
  }

  /** How many columns there are: 80 in a terminal that does not say, 100 elsewhere. */
  get width(): number {
    return this.stream.columns || (this.isTerminal ? 80 : 100);
  }

  /** Prints lines for people, broken between words where a terminal is narrower. */
  print(lines: string | readonly string[] = ''): void {
    const text = safeText(typeof lines === 'string' ? lines : lines.join('\n'), this.style.colours);
    this.stream.write(`${this.isTerminal ? wrapText(text, this.width) : text}\n`);
  }

  /** Prints a command to copy, which stays in one piece. */
  command(line: string): void {
    this.stream.write(`  ${safeText(line).replaceAll('\n', ' ')}\n`);
  }

  /** Prints an event for programs; nothing without `--json`. */
  event(event: OutputEvent): void {
    if (this.json) this.#events.write(`${safeJson(event)}\n`);
  }
}
