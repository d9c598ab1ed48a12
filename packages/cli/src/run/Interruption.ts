/** The reason with which a run is stopped by the user; see {@link isInterrupted}. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';

  /** @param exitCode What a shell expects of a process that the signal ended: 128 + its number. */
  constructor(readonly exitCode: number) {
    super('interrupted');
  }
}

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Whether an error is a stop that the user asked for. */
export function isInterrupted(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Interrupted;
}

/**
 * Turns the first Ctrl-C (or SIGTERM) into an aborted signal, so that work can stop between two steps and save. The
 * second finds no handler and kills the process, as ever.
 */
export class Interruption {
  readonly #controller = new AbortController();
  readonly #handlers: (readonly [NodeJS.Signals, () => void])[];

  /** @param onFirst Tells the user that it was heard. */
  constructor(onFirst: () => void) {
    this.#handlers = Object.entries(EXIT_CODES).map(([signal, exitCode]) => {
      const handler = () => {
        this.dispose();
        onFirst();
        this.#controller.abort(new Interrupted(exitCode));
      };
      process.on(signal as NodeJS.Signals, handler);
      return [signal as NodeJS.Signals, handler] as const;
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives the signals back to Node. */
  dispose(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }
}
