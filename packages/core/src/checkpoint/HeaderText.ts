import { CheckpointError } from '../errors/kinds.js';
import { LENGTH_BYTES } from './safetensorsFormat.js';

/** As in the format's own reader; deeper text would be no header, but an attack on whoever reads it by recursion. */
const DEEPEST = 128;

/**
 * JSON text that is read piece by piece as the caller expects it. Unlike `JSON.parse` it keeps the order of names such as
 * '0', sees those that repeat, rounds no integer, and takes no more memory than what is asked for.
 */
export class HeaderText {
  #at = 0;

  constructor(
    readonly text: string,
    readonly where: string,
  ) {}

  /** The place in the file, where an error is. */
  get place(): string {
    // Counted only here: characters may take several bytes.
    const byte = LENGTH_BYTES + new TextEncoder().encode(this.text.slice(0, this.#at)).length;
    return `${this.where}, byte ${byte}`;
  }

  /** The next character that is not white space; empty at the end. */
  peek(): string {
    while (' \t\n\r'.includes(this.text.charAt(this.#at)) && this.#at < this.text.length) this.#at++;
    return this.text.charAt(this.#at);
  }

  /** Steps over a character, if it is next. */
  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    return true;
  }

  /** Goes through an object, calling `read` behind each name. @throws where a name repeats, which the format forbids. */
  object(read: (name: string) => void): void {
    const names = new Set<string>();
    this.#separated('{', '}', () => {
      const name = this.string();
      if (names.has(name)) this.fail(`a name is there twice: ${JSON.stringify(name.slice(0, 120))}`);
      names.add(name);
      if (!this.take(':')) this.fail();
      read(name);
    });
  }

  /** Goes through a list, calling `read` before each element. */
  list(read: () => void): void {
    this.#separated('[', ']', read);
  }

  /** Reads a string. */
  string(): string {
    if (this.peek() !== '"') this.fail();
    const start = this.#at++;
    let plain = true;
    for (; ; this.#at++) {
      const code = this.text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (!(code >= 0x20)) this.fail();
      if (code === 0x5c) {
        plain = false;
        this.#at++;
      }
    }
    this.#at++;
    if (plain) return this.text.slice(start + 1, this.#at - 1);
    try {
      const value = JSON.parse(this.text.slice(start, this.#at)) as string;
      // Half a surrogate is no text, and no other reader takes it.
      if (!/\p{Surrogate}/u.test(value)) return value;
    } catch {
      // Said below.
    }
    this.#at = start;
    return this.fail();
  }

  /** Reads a natural number; undefined, with nothing read, where there is none or it is beyond 2^53. */
  natural(): number | undefined {
    this.peek();
    const digits = /^(?:0|[1-9]\d{0,15})(?![\d.eE])/.exec(this.text.slice(this.#at, this.#at + 17))?.[0];
    if (digits === undefined || !Number.isSafeInteger(Number(digits))) return undefined;
    this.#at += digits.length;
    return Number(digits);
  }

  /** Steps over any value. */
  skip(depth = 2): void {
    if (depth >= DEEPEST) this.fail('the header has too many levels');
    const next = this.peek();
    if (next === '{') this.object(() => this.skip(depth + 1));
    else if (next === '[') this.list(() => this.skip(depth + 1));
    else if (next === '"') this.string();
    else this.#word();
  }

  /** @throws CheckpointError that names the byte. */
  fail(problem = 'the header is not JSON'): never {
    const next = this.text.slice(this.#at, this.#at + 40);
    throw new CheckpointError({
      where: this.place,
      problem,
      got: next === '' ? 'the end of the header' : JSON.stringify(next),
      mend: 'the file is damaged or of another format',
    });
  }

  /** A number, true, false or null. */
  #word(): void {
    let end = this.#at;
    while (end < this.text.length && /[-+.\w]/.test(this.text.charAt(end))) end++;
    try {
      JSON.parse(this.text.slice(this.#at, end));
    } catch {
      this.fail();
    }
    this.#at = end;
  }

  #separated(open: string, close: string, read: () => void): void {
    if (!this.take(open)) this.fail();
    if (this.take(close)) return;
    do read();
    while (this.take(','));
    if (!this.take(close)) this.fail();
  }
}
