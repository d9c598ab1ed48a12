import { shellWord } from './shellWord.js';

/** How the command is started where it is not installed: its short name belongs to no package of ours. */
export const COMMAND = 'npx @espalier/cli';

/** A command to copy. */
export function commandLine(...words: readonly string[]): string {
  return [COMMAND, ...words.map(shellWord)].join(' ');
}
