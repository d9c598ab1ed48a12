import { CheckpointError } from '../errors/kinds.js';

const MENDS: Readonly<Record<string, string>> = {
  ENOENT: 'check the path; list the storage to see which files there are',
  EEXIST: 'a part of the path is a file: choose another directory',
  ENOTDIR: 'a part of the path is a file: choose another directory',
  EISDIR: 'there is a folder of that name: remove it or choose another name',
  EACCES: 'give this user the right to read and write there, or choose another directory',
  EPERM: 'give this user the right to read and write there, or choose another directory',
  EROFS: 'the disk is read-only: choose another directory',
  ENOSPC: 'free some space on that disk and try again; earlier files are untouched',
  EDQUOT: 'free some of your quota on that disk and try again; earlier files are untouched',
  EMFILE: 'raise the limit of open files (ulimit -n) and try again',
  ENFILE: 'close other programs, which have too many files open, and try again',
  ELOOP: 'mend the symbolic links, which lead round in a circle',
  ENAMETOOLONG: 'choose a shorter name',
  EBUSY: 'end the program that uses it, or choose another directory',
  EIO: 'check the disk, or use a copy on another one',
  EFBIG: 'raise the limit on file size (ulimit -f) or choose another disk; earlier files are untouched',
};

/** Whether an error of the system has one of these codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What the system says about a file, with its path and what can be done. */
export function fileError(cause: unknown, path: string, action: string): CheckpointError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return new CheckpointError({
    where: path,
    problem: `could not ${action} it`,
    got: message,
    ...(Object.hasOwn(MENDS, code) && { mend: MENDS[code]! }),
    cause,
  });
}
