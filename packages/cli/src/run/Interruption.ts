/** The reason with which a run is stopped from outside; see {@link isInterrupted}. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';

  /** @param exitCode What a shell expects of a process that the signal ended: 128 + its number. */
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

/** What the signals that ask a process to end make of its exit code. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Signals that come closer together than this, in milliseconds, are one: a terminal and npm both pass Ctrl-C on. */
const TOGETHER = 500;

/** Whether an error is a stop that the user asked for. */
export function isInterrupted(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Interrupted;
}

/** What is said when a signal came: the first, and a second one while work is being saved. */
export interface InterruptionSayings {
  first(): void;
  second(): void;
}

/**
 * Turns Ctrl-C, SIGTERM and SIGHUP into an aborted signal, so that work can stop between two steps and save. A second one
 * changes nothing, as saving is on its way; a third kills the process.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers: (readonly [NodeJS.Signals, () => void])[];
  #count = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(sayings: InterruptionSayings) {
    this.#handlers = Object.entries(EXIT_CODES).map(([name, exitCode]) => {
      const signal = name as NodeJS.Signals;
      const handler = () => this.#heard(signal, exitCode, sayings);
      process.on(signal, handler);
      return [signal, handler] as const;
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops without a signal: nobody reads any more what is printed. */
  stop(exitCode: number): void {
    this.#controller.abort(new Interrupted(exitCode));
  }

  /** Gives the signals back to Node; not after one came, since the process ends by itself then, with its code. */
  dispose(): void {
    if (!this.signal.aborted) this.#release();
  }

  #heard(signal: NodeJS.Signals, exitCode: number, sayings: InterruptionSayings): void {
    const now = performance.now();
    if (now - this.#last < TOGETHER) return;
    this.#last = now;
    this.#count++;
    if (this.#count === 1) sayings.first();
    if (this.#count === 2) sayings.second();
    if (this.#count > 2) {
      this.#release();
      process.kill(process.pid, signal);
    }
    this.stop(exitCode);
  }

  #release(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}
