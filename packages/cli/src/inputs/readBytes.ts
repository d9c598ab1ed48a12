import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { DataError } from '@espalier/core';
import { fileProblem } from '../run/fileProblem.js';
import { megabytes } from '../terminal/numbers.js';

/** How long a pipe may stay silent, in milliseconds. */
const PATIENCE = 10_000;

const PIECE = 1 << 16;

/** Whether an argument stands for standard input. */
export function isStandardInput(argument: string): boolean {
  return argument === '-';
}

/**
 * Reads a file that the user named, or standard input for `-`, and stops at `maxBytes`: a device or a pipe may never end.
 * @throws DataError that says what is wrong with it.
 */
export async function readBytes(
  argument: string,
  { maxBytes }: { readonly maxBytes: number },
  input: AsyncIterable<Uint8Array | string> & { readonly isTTY?: boolean } = process.stdin,
): Promise<Uint8Array> {
  const name = isStandardInput(argument) ? 'standard input' : argument;
  try {
    const bytes = isStandardInput(argument) ? await readStream(input, maxBytes) : await readFile(argument, maxBytes);
    if (bytes.length > 0) return bytes;
  } catch (error) {
    throw fileProblem(error, name, DataError);
  }
  throw new DataError({ where: name, problem: 'it is empty', mend: 'give a file with something in it' });
}

async function readStream(input: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of input) {
    const bytes = typeof piece === 'string' ? new TextEncoder().encode(piece) : piece;
    size += bytes.length;
    requireSize('standard input', size, maxBytes);
    pieces.push(bytes);
  }
  return Buffer.concat(pieces);
}

async function readFile(path: string, maxBytes: number): Promise<Uint8Array> {
  const found = await stat(path);
  if (found.isDirectory()) throw refused(path, 'is a folder, not a file', 'name the files in it');
  if (found.isCharacterDevice() || found.isBlockDevice()) {
    throw refused(path, 'is a device, not a file', "name a file, or '-' for standard input");
  }
  if (found.isFile()) requireSize(path, found.size, maxBytes);
  // A pipe that nobody writes to would hold up an ordinary open for ever.
  const file = await open(path, constants.O_RDONLY | (found.isFIFO() ? constants.O_NONBLOCK : 0));
  try {
    return await readPieces(file, path, maxBytes, found.isFIFO());
  } finally {
    await file.close();
  }
}

async function readPieces(file: FileHandle, path: string, maxBytes: number, isPipe: boolean): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let heard = performance.now();
  for (;;) {
    const piece = Buffer.allocUnsafe(PIECE);
    const count = await readPiece(file, piece);
    if (count !== undefined && count > 0) {
      size += count;
      requireSize(path, size, maxBytes);
      pieces.push(piece.subarray(0, count));
      heard = performance.now();
      continue;
    }
    // The end, or a pipe before its first writer came or between two of its words.
    if (count === 0 && (!isPipe || size > 0)) return Buffer.concat(pieces);
    if (performance.now() - heard > PATIENCE) {
      throw refused(path, `nothing came out of this pipe for ${PATIENCE / 1000} seconds`, 'start what writes to it');
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How many bytes came; undefined where a pipe has none yet. */
async function readPiece(file: FileHandle, piece: Uint8Array): Promise<number | undefined> {
  try {
    return (await file.read(piece, 0, piece.length, null)).bytesRead;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

function requireSize(where: string, size: number, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new DataError({
    where,
    problem: 'it is larger than is read',
    expected: `at most ${megabytes(maxBytes)}`,
    mend: 'if it is right, raise the limit with --max-megabytes',
  });
}

function refused(where: string, problem: string, mend: string): DataError {
  return new DataError({ where, problem, mend });
}
