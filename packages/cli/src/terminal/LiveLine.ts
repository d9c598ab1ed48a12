import type { OutputStream } from './Output.js';

/** The last line of a terminal, redrawn in place. Nothing is written where lines cannot be replaced. */
export class LiveLine {
  readonly #stream: OutputStream;
  readonly #everyMs: number;
  readonly #live: boolean;
  #drawnAt = Number.NEGATIVE_INFINITY;
  #shown = false;

  /**
   * @param everyMs At most one drawing in this time: more would flicker and cost.
   * @param live Whether lines can be replaced there.
   */
  constructor(stream: OutputStream, everyMs = 80, live = stream.isTTY === true) {
    this.#stream = stream;
    this.#everyMs = everyMs;
    this.#live = live;
  }

  /** Draws what `render` gives for the columns of now, unless the last drawing is too fresh. */
  update(render: (columns: number) => string): void {
    if (!this.#live) return;
    const now = performance.now();
    if (now - this.#drawnAt < this.#everyMs) return;
    this.#drawnAt = now;
    // One write, and the rest of the line erased last: no moment shows an empty line. One column stays free, since
    // some terminals wrap as soon as the last one is filled.
    const start = this.#shown ? '\r' : '\x1b[?25l\r';
    this.#shown = true;
    this.#stream.write(`${start}${render((this.#stream.columns || 80) - 1)}\x1b[K`);
  }

  /** Removes the line and shows the cursor again. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#drawnAt = Number.NEGATIVE_INFINITY;
    this.#stream.write('\r\x1b[K\x1b[?25h');
  }
}
