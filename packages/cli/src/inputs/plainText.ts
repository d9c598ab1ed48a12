import type { RawText } from './textInput.js';

/** A text that stands for itself, with its white space as single spaces. Bytes are read as UTF-8, a mark before them left out. */
export function plainText(raw: RawText): string {
  return (typeof raw === 'string' ? raw : new TextDecoder().decode(raw)).replace(/\s+/g, ' ').trim();
}
