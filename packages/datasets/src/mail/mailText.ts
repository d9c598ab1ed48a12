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

/**
 * The words of an e-mail as it came over the wire (RFC 822 and MIME): the subject, then the text parts with transfer
 * encoding and charset undone, HTML stripped, attachments left out, all white space as single spaces. Where a
 * message offers the same text plain and as HTML, the plain one counts. Damaged messages give what can be read.
 *
 * @example
 * ```ts
 * import { mailText } from '@espalier/datasets';
 *
 * const mail = 'Subject: =?utf-8?Q?Caf=C3=A9?=\nContent-Type: text/html\n\n<p>Open <b>now</b></p>\n';
 * if (mailText(new TextEncoder().encode(mail)) !== 'Café Open now') throw new Error('wrong text');
 * ```
 */
export function mailText(bytes: Uint8Array, { headers = 'subject', html = 'strip' }: MailTextOptions = {}): string {
  const message = parseMessage(binaryString(bytes));
  const kept = {
    none: () => '',
    subject: () => decodeHeader(message.headers.get('subject') ?? ''),
    all: () => decodeHeader(message.head),
  }[headers]();
  return `${kept} ${bodyText(message, html === 'strip')}`.replace(/\s+/g, ' ').trim();
}

function bodyText({ headers, body }: Message, strip: boolean): string {
  const { type, parameter } = contentType(headers);
  const boundary = parameter('boundary');
  if (type.startsWith('multipart/') && boundary !== undefined) {
    const parts = splitParts(body, boundary).map(parseMessage);
    const plain = parts.filter((part) => contentType(part.headers).type === 'text/plain');
    const plainText = plain.map((part) => bodyText(part, strip)).join(' ');
    if (type === 'multipart/alternative' && plainText.trim() !== '') return plainText;
    return parts.map((part) => bodyText(part, strip)).join(' ');
  }
  if (type === 'message/rfc822') return bodyText(parseMessage(body), strip);
  // Old mail has types such as "text" and "plain"; what is certainly no text names another top-level type.
  if (/^(application|audio|image|video)\//.test(type)) return '';
  const text = decodeCharset(decodeTransfer(body, headers.get('content-transfer-encoding')), parameter('charset'));
  return strip && (type === 'text/html' || /<(html|body|table|font)\b/i.test(text)) ? stripHtml(text) : text;
}
