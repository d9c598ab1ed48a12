import { BackendError, isEspalierError } from '@espalier/core';

/**
 * What a kernel threw, as an error of ours: JavaScript itself may have no memory for an array or count no element so far, and
 * compiled code may end in a trap. Other errors stay as they are.
 */
export function typedFailure(where: string, error: unknown): unknown {
  if (isEspalierError(error)) return error;
  if (error instanceof WebAssembly.RuntimeError) {
    return new BackendError({
      where,
      problem: 'the compiled kernel ended in a trap',
      got: error.message,
      cause: error,
    });
  }
  // Too deep a recursion is a RangeError as well, and a fault of another kind.
  if (!(error instanceof RangeError) || /call stack|recursion/i.test(error.message)) return error;
  return new BackendError({
    where,
    problem: 'JavaScript has no memory for an array of this size',
    got: error.message,
    mend: 'use a smaller batch, or read a part at a time (slice)',
    cause: error,
  });
}
