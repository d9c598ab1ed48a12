/** The tag and the type (16-bit integer) of the orientation in the first directory of Exif. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The orientation, 1 to 8, out of Exif data, which are a TIFF header and a directory. 1, upright, where there is none and
 * where the data are damaged: a picture is worth more than a remark on it.
 */
export function exifOrientation(exif: Uint8Array): number {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  if (exif.length < 8) return 1;
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const start = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || start + 2 > exif.length) return 1;
  const entries = view.getUint16(start, little);
  for (let at = start + 2, i = 0; i < entries && at + 12 <= exif.length; at += 12, i++) {
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    const valid = view.getUint16(at + 2, little) === SHORT && view.getUint32(at + 4, little) === 1;
    return valid && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
