import { CheckpointError } from '../errors/kinds.js';
import type { SafetensorsHeader } from './safetensorsHeader.js';
import { sha256Sync } from './sha256.js';

/** What begins the keys of metadata that are Espalier's own. */
const OWN = 'espalier.';
/** The version of what Espalier puts into metadata; a file that has it has a checksum too. */
export const FORMAT_KEY = 'espalier.format';
/** The checksum; see {@link checkSeal}. */
export const SEAL_KEY = 'espalier.sha256';

/** The version that this package writes; it reads this one and all before it. */
export const FORMAT = 1;

/** Metadata that makes a file one that carries its checksum. */
export const SEALED: Readonly<Record<string, string>> = { [FORMAT_KEY]: String(FORMAT) };

/** The metadata as they are written: where some are Espalier's own, with zeros in the place of the checksum. */
export function withPlaceForSeal(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!isSealed({ metadata })) return metadata;
  const { [SEAL_KEY]: _old, ...rest } = metadata;
  return { ...rest, ...SEALED, [SEAL_KEY]: '0'.repeat(64) };
}

/** Puts the checksum of a file into the zeros that {@link withPlaceForSeal} left. */
export function seal(bytes: Uint8Array<ArrayBuffer>, header: SafetensorsHeader): void {
  const key = `${JSON.stringify(SEAL_KEY)}:"`;
  // Nothing else is written so: quotes within names and texts have a backslash before them.
  const place = indexOf(bytes.subarray(0, header.dataAt), new TextEncoder().encode(`${key}${'0'.repeat(64)}"`));
  const sum = sha256Sync(sealedText(header, sha256Sync(bytes.subarray(header.dataAt))));
  bytes.set(new TextEncoder().encode(sum), place + key.length);
}

/** Whether a file has a checksum or should have one; files of other programs, and of earlier versions, have none. */
export function isSealed({ metadata }: Pick<SafetensorsHeader, 'metadata'>): boolean {
  return Object.keys(metadata).some((key) => key.startsWith(OWN));
}

/**
 * Holds a file against its checksum, if it is one that should have one: the SHA-256 of all that its header means and of the SHA-256 of its data. It does not
 * depend on blanks or on the order of names, so a program that copies tensors and metadata keeps it valid.
 *
 * @throws CheckpointError where it is another or missing, or the file is of a later version.
 */
export function checkSeal(header: SafetensorsHeader, bytes: Uint8Array, where: string): void {
  if (!isSealed(header)) return;
  const { [SEAL_KEY]: expected, [FORMAT_KEY]: format } = header.metadata;
  const got = sha256Sync(sealedText(header, sha256Sync(bytes.subarray(header.dataAt))));
  if (expected !== got) {
    throw new CheckpointError({
      where: `${where}, bytes 0 to ${header.dataAt} (header) and from there (data)`,
      problem: 'the file is damaged: its checksum is not that of its contents',
      expected: expected === undefined ? 'a checksum, as it is a file of Espalier' : `SHA-256 ${expected}`,
      got: `SHA-256 ${got}`,
      mend:
        'copy or download it again; a program that changes such a file on purpose must leave out all metadata ' +
        `whose names begin with '${OWN}'`,
    });
  }
  if (format !== undefined && Number(format) <= FORMAT) return;
  throw new CheckpointError({
    where: `${where}, __metadata__`,
    problem: 'the file was written by a later version',
    expected: `${FORMAT_KEY} ${FORMAT}`,
    got: String(format),
    mend: 'update @espalier/core',
  });
}

function sealedText({ metadata, entries }: SafetensorsHeader, data: string): Uint8Array {
  const texts = Object.entries(metadata).filter(([key]) => key !== SEAL_KEY);
  const tensors = entries.map(([name, { dtype, shape, data_offsets }]) => [name, dtype, shape, data_offsets]);
  const byName = ([a]: readonly unknown[], [b]: readonly unknown[]): number => ((a as string) < (b as string) ? -1 : 1);
  return new TextEncoder().encode(JSON.stringify([texts.sort(byName), tensors.sort(byName), data]));
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  const found = (at: number): boolean => wanted.every((byte, i) => bytes[at + i] === byte);
  let at = bytes.indexOf(wanted[0]!);
  while (at !== -1 && !found(at)) at = bytes.indexOf(wanted[0]!, at + 1);
  return at;
}
