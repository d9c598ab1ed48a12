import { readFile } from 'node:fs/promises';
import { bytesOf, DataError } from '@espalier/core';

/** Reads a file that the user named. @throws DataError that says what is wrong with it. */
export async function readInputFile(path: string): Promise<Uint8Array> {
  try {
    return bytesOf(await readFile(path), path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problems: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'is a folder, not a file',
      EACCES: 'may not be read',
    };
    throw new DataError({
      where: path,
      problem: problems[code ?? ''] ?? 'cannot be read',
      ...(problems[code ?? ''] === undefined && { got: error instanceof Error ? error.message : String(error) }),
      cause: error,
    });
  }
}
