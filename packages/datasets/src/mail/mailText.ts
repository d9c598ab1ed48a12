import { type Bytes, bytesOf, checkOptions, describeValue, optionTable, ValueError } from '@espalier/core';
import { binaryString } from './binary.js';
import { contentType, type Message, parseMessage, splitParts } from './parseMessage.js';
import { stripHtml } from './stripHtml.js';
import { decodeCharset, decodeHeader, decodeTransfer } from './transferEncoding.js';

/** Options of {@link mailText}. */
export interface MailTextOptions {
  /** What is kept of the header. Default `subject`. */
  readonly headers?: 'subject' | 'none' | 'all' | undefined;
  /** Whether HTML is turned into the text that a reader sees. Default `strip`. */
  readonly html?: 'strip' | 'keep' | undefined;
}

/** How deep parts may lie in parts; real mail has four levels at most. Each level reads what lies below it once more. */
const DEEPEST = 64;

const mailTextOptions = /* @__PURE__ */ optionTable<MailTextOptions>('mailText', { headers: 'string', html: 'string' });

/**
 * The words of an e-mail as it came over the wire (RFC 822 and MIME): the subject, then the text parts with transfer
 * encoding and charset undone, HTML stripped, attachments left out, all white space as single spaces. Where a
 * message offers the same text plain and as HTML, the plain one counts. Damaged messages give what can be read, and parts
 * that lie more than 64 levels deep are left out.
 *
 * @throws ValueError where `bytes` are no bytes, or an option is unknown.
 *
 * @example
 * ```ts
 * import { mailText } from '@espalier/datasets';
 *
 * const mail = 'Subject: =?utf-8?Q?Caf=C3=A9?=\nContent-Type: text/html\n\n<p>Open <b>now</b></p>\n';
 * if (mailText(new TextEncoder().encode(mail)) !== 'Café Open now') throw new Error('wrong text');
 * ```
 */
export function mailText(bytes: Bytes, options?: MailTextOptions): string {
  const { headers = 'subject', html = 'strip' } = checkOptions(options, mailTextOptions);
  requireOneOf('headers', headers, ['subject', 'none', 'all']);
  requireOneOf('html', html, ['strip', 'keep']);
  if (typeof bytes !== 'object' || bytes === null || ('BYTES_PER_ELEMENT' in bytes && bytes.BYTES_PER_ELEMENT !== 1)) {
    throw new ValueError({
      where: 'mailText',
      problem: 'a mail is given as its bytes, since parts of it differ in their encoding',
      expected: 'a Uint8Array',
      got: describeValue(bytes),
      mend: 'read the file without naming an encoding',
    });
  }
  const message = parseMessage(binaryString(bytesOf(bytes, 'mailText')));
  const kept = {
    none: () => '',
    subject: () => decodeHeader(message.headers.get('subject') ?? ''),
    all: () => decodeHeader(message.head),
  }[headers]();
  return `${kept} ${bodyText(message, html === 'strip', DEEPEST)}`.replace(/\s+/g, ' ').trim();
}

function requireOneOf(option: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new ValueError({ where: `mailText, ${option}`, problem: 'unknown', expected: known.join(', '), got: value });
}

function bodyText({ headers, body }: Message, strip: boolean, levels: number): string {
  if (levels === 0) return '';
  const textOf = (part: Message) => bodyText(part, strip, levels - 1);
  const { type, parameter } = contentType(headers);
  const boundary = parameter('boundary');
  if (type.startsWith('multipart/') && boundary !== undefined) {
    const parts = splitParts(body, boundary).map(parseMessage);
    const plain = parts.filter((part) => contentType(part.headers).type === 'text/plain');
    const plainText = plain.map(textOf).join(' ');
    if (type === 'multipart/alternative' && plainText.trim() !== '') return plainText;
    return parts.map(textOf).join(' ');
  }
  if (type === 'message/rfc822') return textOf(parseMessage(body));
  // Old mail has types such as "text" and "plain"; what is certainly no text names another top-level type.
  if (/^(application|audio|image|video)\//.test(type)) return '';
  const text = decodeCharset(decodeTransfer(body, headers.get('content-transfer-encoding')), parameter('charset'));
  return strip && (type === 'text/html' || /<(html|body|table|font)\b/i.test(text)) ? stripHtml(text) : text;
}
