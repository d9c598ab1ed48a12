import { DataError } from '@espalier/core';
import type { Style } from '../terminal/style.js';
import { oneLine, truncate } from '../terminal/width.js';
import type { InputKind } from './InputKind.js';
import { readInputFile } from './readInputFile.js';

/** Texts: as arguments, as `.txt` or `.eml` files, or `-` for standard input. */
export const textInput: InputKind<string> = {
  accepts: "a text in quotes, a .txt or .eml file, or '-' for standard input",
  async read(argument) {
    if (argument === '-') return [named('standard input', await readStandardInput())];
    if (/\.(txt|eml)$/i.test(argument)) {
      return [named(argument, new TextDecoder().decode(await readInputFile(argument)))];
    }
    return [named(oneLine(argument), argument)];
  },
  show: (text: string, columns: number, _style: Style) => [truncate(oneLine(text.slice(0, 4 * columns)), columns)],
};

function named(name: string, text: string) {
  if (text.trim() === '') {
    throw new DataError({ where: name === '' ? 'predict' : name, problem: 'the text is empty' });
  }
  return { name, example: text, notes: [] };
}

async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
