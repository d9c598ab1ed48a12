import { type ErrorParts, type EspalierError, isEspalierError, ValueError } from '@espalier/core';

interface Saying {
  readonly problem: string;
  readonly mend: string;
}

/** What codes of the system mean, and what can be done. */
const SAYINGS: Readonly<Record<string, Saying>> = {
  ENOENT: { problem: 'there is no such file or folder', mend: 'check the path' },
  ENOTDIR: { problem: 'a part of the path is a file, not a folder', mend: 'check the path, or choose another' },
  EISDIR: { problem: 'is a folder, not a file', mend: 'name a file' },
  EEXIST: { problem: 'something of that name is there already', mend: 'choose another name' },
  ENOTEMPTY: { problem: 'the folder is not empty', mend: 'choose another folder' },
  EACCES: { problem: 'this user may not read or write there', mend: 'change its permissions, or choose another place' },
  EPERM: { problem: 'the system does not permit it', mend: 'change its permissions, or choose another place' },
  EROFS: { problem: 'the disk is read-only', mend: 'choose a place on another disk' },
  ENOSPC: { problem: 'the disk is full', mend: 'free some space, and run the command again' },
  EDQUOT: { problem: 'the quota on this disk is used up', mend: 'free some space, and run the command again' },
  EFBIG: {
    problem: 'the file would be larger than is allowed',
    mend: 'raise the limit (ulimit -f), or use another disk',
  },
  EMFILE: { problem: 'too many files are open in this process', mend: 'raise the limit (ulimit -n), and try again' },
  ENFILE: { problem: 'too many files are open on this machine', mend: 'close other programs, and try again' },
  ELOOP: {
    problem: 'its symbolic links lead round in a circle',
    mend: 'mend the links, or name what they should lead to',
  },
  ENAMETOOLONG: { problem: 'the name is too long for this disk', mend: 'choose a shorter name' },
  EBUSY: { problem: 'another program is using it', mend: 'end that program, or choose another place' },
  ETXTBSY: { problem: 'another program is running it', mend: 'end that program, or choose another place' },
  EIO: { problem: 'the disk cannot read or write it', mend: 'check the disk, or use a copy on another one' },
  ENXIO: { problem: 'is a device or a socket, not a file', mend: 'name a file' },
  ENODEV: { problem: 'is a device, not a file', mend: 'name a file' },
  EINVAL: { problem: 'the system cannot read or write such a file', mend: 'name another file' },
  ESTALE: { problem: 'the network disk has lost it', mend: 'mount the disk again, and try again' },
  ETIMEDOUT: { problem: 'the disk does not answer', mend: 'check the network, and try again' },
};

/** Whether an error is one of the system about files. */
export function isFileProblem(error: unknown): error is NodeJS.ErrnoException {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  return error instanceof Error && typeof code === 'string' && Object.hasOwn(SAYINGS, code);
}

/**
 * What the system says about a file, as a sentence with its path and what to do; other errors stay as they are.
 * @param where The path as the user knows it; default the one in the error.
 * @param Kind The class that fits what the file is for.
 */
export function fileProblem(
  error: unknown,
  where?: string,
  Kind: new (parts: ErrorParts) => EspalierError = ValueError,
): unknown {
  if (isEspalierError(error) || !isFileProblem(error)) return error;
  return new Kind({
    where: where ?? error.path ?? error.syscall ?? 'a file',
    ...SAYINGS[error.code!]!,
    got: error.code!,
    cause: error,
  });
}
