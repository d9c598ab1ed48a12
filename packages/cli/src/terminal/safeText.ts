/** The colours of {@link Style}, and no other sequence: none that hides text or moves the cursor. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
const OURS = /^\x1b\[(?:0|1|2|22|31|32|33|36|39|38;5;\d{1,3};48;5;\d{1,3})m$/;

// Sequences of terminals (ECMA-48): strings such as titles and links up to their end, then all others.
const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is about control characters
  /(?:\x1b[\]P^_X]|[\x9d\x90\x9e\x9f\x98])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g;

// What is not seen, or changes what is: controls, marks of direction, letters without width, fillers, separators of lines.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\ufff0-\uffff\u{1fffe}\u{1ffff}]/gu;

/** More marks on one letter than any language sets run over the lines around it. */
const PILED = /(\p{M}{4})\p{M}+/gu;

/**
 * A text from outside as it may reach a terminal: file names, mail, labels, what errors quote. Sequences that steer
 * terminals go, what is not seen becomes a blank, halves of characters become `\ufffd`. Line feeds stay.
 *
 * @param keepColours Whether the colours of our own style stay; for what is printed as a whole.
 */
export function safeText(text: string, keepColours = false): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(SEQUENCES, (sequence) => (keepColours && OURS.test(sequence) ? sequence : ''))
    .replace(UNSEEN, (character) => (character === '\n' || (keepColours && character === '\x1b') ? character : ' '))
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(PILED, '$1');
}

/** JSON in which such characters are escaped, so that the data is the same and a terminal shows it unharmed. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
