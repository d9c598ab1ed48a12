import { binaryBytes, binaryString } from './binary.js';

/** Undoes `Content-Transfer-Encoding` (RFC 2045); damaged codes are passed over, as mail readers do. */
export function decodeTransfer(body: string, encoding: string | undefined): Uint8Array {
  switch (encoding?.trim().toLowerCase()) {
    case 'quoted-printable':
      return binaryBytes(decodeQuotedPrintable(trimLines(body).replace(/=\r?\n/g, '')));
    case 'base64':
      return decodeBase64(body);
    default:
      return binaryBytes(body);
  }
}

/** Lines without the blanks at their ends, which mail servers may add. */
function trimLines(text: string): string {
  return text.split('\n').map(trimBlanks).join('\n');
}

function trimBlanks(line: string): string {
  let end = line.length;
  while (line[end - 1] === ' ' || line[end - 1] === '\t') end--;
  return line.slice(0, end);
}

/** Replaces `=E9` and the like by the byte. */
export function decodeQuotedPrintable(text: string): string {
  return text.replace(/=([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The bytes of base64 text up to its padding, with anything that is not base64 ignored. */
export function decodeBase64(text: string): Uint8Array {
  const digits = text.split('=', 1)[0]!.replace(/[^A-Za-z0-9+/]/g, '');
  // A single digit at the end carries no whole byte, and `atob` refuses it.
  return binaryBytes(atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits));
}

/**
 * Text from bytes: in the charset named; where none is named, or one that is not known or does not fit, as UTF-8 if the
 * bytes are valid UTF-8, else as Windows-1252, which has a character for every byte.
 */
export function decodeCharset(bytes: Uint8Array, charset: string | undefined): string {
  for (const label of [charset, 'utf-8']) {
    // Mail that calls itself ASCII and has other bytes is as good as unnamed.
    if (label === undefined || /^(us-)?ascii$/i.test(label)) continue;
    try {
      const decoder = new TextDecoder(label, { fatal: true });
      if (decoder.encoding === 'windows-1252') break;
      return decoder.decode(bytes);
    } catch {
      // The next one may fit.
    }
  }
  return decodeWindows1252(bytes);
}

/** What Windows-1252 has from 0x80 to 0x9f, where Latin-1 has controls. */
const WINDOWS_1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** By hand, because some versions of Node decode Latin-1 under this name, and texts shall not depend on the version. */
function decodeWindows1252(bytes: Uint8Array): string {
  return binaryString(bytes).replace(/[\x80-\x9f]/g, (byte) => WINDOWS_1252[byte.charCodeAt(0) - 0x80]!);
}

/** Decodes the `=?charset?Q?…?=` words of a header (RFC 2047). */
export function decodeHeader(value: string): string {
  const joined = value.replace(/(\?=)\s+(=\?)/g, '$1$2');
  const decoded = joined.replace(
    /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi,
    (_, charset: string, kind: string, text: string) =>
      decodeCharset(
        kind.toLowerCase() === 'b' ? decodeBase64(text) : binaryBytes(decodeQuotedPrintable(text.replace(/_/g, ' '))),
        charset,
      ),
  );
  return /[\u0080-\u00ff]/.test(joined) && joined === decoded ? decodeCharset(binaryBytes(joined), undefined) : decoded;
}
