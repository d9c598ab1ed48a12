import { DataError } from '@espalier/core';

/** One place that a file may come from. */
export interface Source {
  /** As the user knows it: a path, a package, an address. */
  readonly name: string;
  /** The bytes; throws where this place has none. */
  read(): Promise<Uint8Array>;
}

/** What is to be had, and what a reader can do if it cannot. */
export interface Wanted {
  readonly where: string;
  /** Throws if the bytes are not what was wanted. */
  check(bytes: Uint8Array): Promise<void>;
  readonly mend: string;
}

/**
 * The bytes of the first source that has them and passes the check, and which source that was.
 *
 * @throws DataError with every source tried and why it failed.
 */
export async function firstSource(
  sources: readonly Source[],
  { where, check, mend }: Wanted,
  signal?: AbortSignal,
): Promise<{ bytes: Uint8Array; source: Source }> {
  const failures: string[] = [];
  for (const source of sources) {
    signal?.throwIfAborted();
    try {
      const bytes = await source.read();
      await check(bytes);
      return { bytes, source };
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${source.name}: ${reason(error)}`);
    }
  }
  throw new DataError({
    where,
    problem: 'could not be had from any source',
    got: failures.map((failure, i) => `${i + 1}. ${failure}`).join('\n            '),
    mend,
  });
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what happened in the cause.
  const cause = error.cause instanceof Error ? error.cause.message || (error.cause as NodeJS.ErrnoException).code : '';
  return cause ? `${error.message} (${cause})` : error.message;
}
