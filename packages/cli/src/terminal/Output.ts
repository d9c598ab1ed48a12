import { type Style, styleFor } from './style.js';

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

/**
 * Where a command speaks. Without `--json`, people read standard output; with it, standard output carries one JSON
 * object a line and nothing else, and what people read goes to standard error.
 */
export class Output {
  readonly json: boolean;
  readonly style: Style;
  readonly stream: OutputStream;
  readonly #events: OutputStream;

  constructor(
    json: boolean,
    stdout: OutputStream = process.stdout,
    stderr: OutputStream = process.stderr,
    env: NodeJS.ProcessEnv = process.env,
  ) {
    this.json = json;
    this.stream = json ? stderr : stdout;
    this.#events = stdout;
    this.style = styleFor(this.stream, env);
  }

  /** Whether lines can be replaced and drawn. */
  get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  /** How many columns there are; 100 where nobody says. */
  get width(): number {
    return this.stream.columns ?? 100;
  }

  /** Prints lines for people. */
  print(lines: string | readonly string[] = ''): void {
    const text = typeof lines === 'string' ? lines : lines.join('\n');
    this.stream.write(`${text}\n`);
  }

  /** Prints an event for programs; nothing without `--json`. */
  event(event: OutputEvent): void {
    if (this.json) this.#events.write(`${JSON.stringify(event)}\n`);
  }
}
