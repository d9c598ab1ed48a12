/** The header's entry of one tensor. */
export interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** From and up to which byte of the data. */
  readonly data_offsets: readonly [number, number];
}

/** The header's key that is not a tensor. */
export const METADATA = '__metadata__';

/** The bytes of the header's length, at the start of the file. */
export const LENGTH_BYTES = 8;

/** The limit that the format sets, so that a forged length cannot take all memory. */
export const LONGEST_HEADER = 100_000_000;

/** The dtypes of safetensors, each with the bits of one element. */
export const BITS: Readonly<Record<string, number>> = {
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
  F32: 32,
  I32: 32,
  U32: 32,
  F16: 16,
  BF16: 16,
  I16: 16,
  U16: 16,
  I8: 8,
  U8: 8,
  BOOL: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
};

/** A name as errors show it: those of foreign files may be as long as the file. */
export function shownName(name: string): string {
  return `'${name.length > 120 ? `${name.slice(0, 120)}…` : name}'`;
}
