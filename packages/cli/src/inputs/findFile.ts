import { statSync } from 'node:fs';
import { DataError } from '@espalier/core';

/** What ends so is the name of a file, even with blanks in it. */
const ENDINGS =
  /\.(?:txt|text|md|rst|eml|emlx|msg|mbox|html?|xml|csv|tsv|jsonl?|ya?ml|log|rtf|pdf|docx?|odt|png|jpe?g|gif|bmp|webp|tiff?|gz|zip)$/i;

/** A word that ends as the names of files do. */
const ENDING = /\.[a-z][a-z0-9]{0,7}$/i;

/**
 * Whether an argument is the name of a file.
 * @throws DataError where it looks like one, and there is none.
 */
export function findFile(argument: string): boolean {
  if (exists(argument)) return true;
  const plain = argument.trim();
  const isLine = plain !== '' && plain.length <= 255 && !plain.includes('\n');
  if (!isLine || !(/\s/.test(plain) ? ENDINGS.test(plain) : looksLikeFile(plain))) return false;
  throw new DataError({
    where: argument,
    problem: 'there is no such file',
    mend: 'check the path; if it is meant as a text, put --text before it',
  });
}

function exists(path: string): boolean {
  try {
    // A link that leads nowhere, or a folder that may not be searched, is answered for when it is read.
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'ELOOP' || code === 'EPERM';
  }
}

/** One word with a slash or an ending, and no address of the web or of mail. */
function looksLikeFile(text: string): boolean {
  if (text.includes('@') || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return false;
  return /[/\\]/.test(text) || ENDING.test(text);
}
