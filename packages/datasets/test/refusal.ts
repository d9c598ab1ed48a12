import { type ErrorKind, isEspalierError } from '@espalier/core';

/** The message of the error that a call ends with, which must be of that kind. */
export async function refusal(run: Promise<unknown>, kind: ErrorKind): Promise<string> {
  const error = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isEspalierError(error, kind)) throw new Error(`no ${kind} but ${error}`);
  return error.message;
}
