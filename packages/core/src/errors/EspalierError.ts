const MARK = Symbol.for('espalier.error');

/** The kinds of error that Espalier throws; see the class of the same name. */
export type ErrorKind =
  | 'ShapeError'
  | 'ValueError'
  | 'DataError'
  | 'BackendError'
  | 'TrainingError'
  | 'CheckpointError'
  | 'StateError';

/** What every Espalier error says: where, what, what was expected, what came, and how to mend it. */
export interface ErrorParts {
  /** The layer path, op, file (with offset) or option that the error is about. */
  readonly where: string;
  /** One sentence without a full stop: what is wrong. */
  readonly problem: string;
  /** What would have been right. */
  readonly expected?: string;
  /** What came instead. */
  readonly got?: string;
  /** One sentence: what the reader can do. */
  readonly mend?: string;
  /** The error underneath, if there was one. */
  readonly cause?: unknown;
}

/**
 * The base of all Espalier errors. Its message has up to four lines: where and what, expected, got, how to mend.
 *
 * Errors are recognised by a registered symbol rather than by class, so that two installed copies of a package agree:
 * use {@link isEspalierError} instead of `instanceof`.
 */
export class EspalierError extends Error {
  /** The class name, for {@link isEspalierError}. */
  readonly kind: ErrorKind;
  /** What the message was made of. */
  readonly parts: ErrorParts;

  constructor(kind: ErrorKind, parts: ErrorParts) {
    const lines = [`${parts.where}: ${parts.problem}.`];
    if (parts.expected !== undefined) lines.push(`  expected: ${parts.expected}`);
    if (parts.got !== undefined) lines.push(`  got:      ${parts.got}`);
    if (parts.mend !== undefined) lines.push(`  mend:     ${parts.mend}`);
    super(lines.join('\n'), parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = kind;
    this.kind = kind;
    this.parts = parts;
    Object.defineProperty(this, MARK, { value: true });
  }
}

/**
 * Whether `error` came from Espalier and, where `kind` is given, is of that kind. Works across copies of the package.
 *
 * @example
 * ```ts
 * import { isEspalierError, ValueError } from '@espalier/core';
 *
 * const error: unknown = new ValueError({ where: 'fit', problem: 'epochs must be positive' });
 * if (!isEspalierError(error, 'ValueError')) throw new Error('not recognised');
 * ```
 */
export function isEspalierError(error: unknown, kind?: ErrorKind): error is EspalierError {
  return (
    error instanceof Error &&
    (error as Error & { [MARK]?: boolean })[MARK] === true &&
    (kind === undefined || (error as EspalierError).kind === kind)
  );
}
