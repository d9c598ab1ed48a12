import { mailText } from '@espalier/datasets';
import type { RawText } from './textInput.js';

/** Headers that only mail has; one of them makes a text a mail. */
const TELLING =
  /^(?:from|to|subject|date|received|return-path|delivered-to|message-id|reply-to|sender|mime-version|content-type|x-[\w-]+)$/i;

/**
 * The subject and the words of a mail, by {@link mailText}. What has no headers, such as a text on the command line, is
 * the body of a mail without a subject.
 */
export function mailOf(raw: RawText): string {
  const bytes = typeof raw === 'string' ? new TextEncoder().encode(raw) : withoutMark(raw);
  return mailText(hasHeaders(bytes) ? bytes : Buffer.concat([Buffer.from('\n'), bytes]), {
    headers: 'subject',
    html: 'strip',
  });
}

/**
 * Whether the text opens with header lines and an empty line behind them. The first line may be that of a mailbox,
 * `From joe Mon Jan 1 2002`.
 */
function hasHeaders(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1 << 16));
  let telling = false;
  for (const [i, line] of head.split(/\r\n?|\n/).entries()) {
    if (line === '') return telling;
    // The rest of a header that was folded.
    if (i > 0 && /^[ \t]/.test(line)) continue;
    const [, name] = /^([!-9;-~]+):/.exec(line) ?? [];
    if (name === undefined ? i > 0 || !/^>?From \S/.test(line) : false) return false;
    telling ||= name === undefined || TELLING.test(name);
  }
  // A header of more than 64 KB is one all the same.
  return telling && head.length === 1 << 16;
}

/** Some editors put a byte order mark before the first header. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
