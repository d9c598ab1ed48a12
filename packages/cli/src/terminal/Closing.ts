/** What is to happen when the reader of standard output is gone, such as a `head` that has seen enough. */
export class Closing {
  #handle: ((exitCode: number) => void) | undefined;

  /** Training takes it over, to save first; the answer gives it back. */
  takeOver(handle: (exitCode: number) => void): () => void {
    this.#handle = handle;
    return () => {
      this.#handle = undefined;
    };
  }

  /**
   * Standard output is closed.
   * @param exitCode Of a command that still had work to do.
   * @param otherwise Ends a command that has nothing to save.
   */
  closed(exitCode: number, otherwise: () => void): void {
    if (this.#handle === undefined) otherwise();
    else this.#handle(exitCode);
  }
}
