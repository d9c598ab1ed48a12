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

/** The dtypes of safetensors that are read, with the bytes of one element. */
export const WIDTHS: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['I64', 8],
  ['F32', 4],
  ['I32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I16', 2],
  ['I8', 1],
  ['U8', 1],
  ['BOOL', 1],
]);
