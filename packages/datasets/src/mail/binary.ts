/** Bytes as a string with one character a byte, so that headers and boundaries can be searched whatever the charset. */
export function binaryString(bytes: Uint8Array): string {
  let text = '';
  // In pieces, because the arguments of one call are limited.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

/** The bytes of a {@link binaryString}. */
export function binaryBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
