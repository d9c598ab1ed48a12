import type { ErrorParts } from '@espalier/core';

/** A whole file that cannot be decoded, or would cost more than was allowed; `decodeImage` adds where. */
export class Unsupported extends Error {
  constructor(readonly parts: Omit<ErrorParts, 'where'>) {
    super(parts.problem);
  }
}
