import type { Style } from '../terminal/style.js';
import { oneLine, truncate } from '../terminal/width.js';
import { findFile } from './findFile.js';
import type { InputKind } from './InputKind.js';
import { isStandardInput, readBytes } from './readBytes.js';

/** A text as it came: the bytes of a file, of standard input or of a mail of the data set; or what was typed. */
export type RawText = Uint8Array | string;

/**
 * Texts: files of any name, `-` for standard input, or the text itself. An argument that names a file is that file; one
 * that looks like the name of a file, and is none, is an error rather than a text of one word.
 */
export const textInput: InputKind<RawText, string> = {
  accepts: "a text in quotes, a file, or '-' for standard input",
  async read({ value, isText }, options) {
    if (!isText && isStandardInput(value)) {
      return [{ name: 'standard input', raw: await readBytes(value, options) }];
    }
    if (!isText && findFile(value)) return [{ name: value, raw: await readBytes(value, options) }];
    return [{ name: oneLine(value), raw: value }];
  },
  isEmpty: (text) => text === '',
  show: (text: string, columns: number, _style: Style) => [truncate(oneLine(text.slice(0, 4 * columns)), columns)],
};
