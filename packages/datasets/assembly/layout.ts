// Addresses that src/image/jpeg/jpegLayout.ts repeats. Nothing is allocated in here.

/** Four tables of 64 divisors, 32 bits each, in the order of the block's rows. */
export const QUANTISATION: usize = 0;
/** Four records of 64 bytes, one a component. */
export const COMPONENTS: usize = 0x400;
/** Eight tables, four for DC and four for AC. */
export const HUFFMAN: usize = 0x800;
export const HUFFMAN_STRIDE: usize = 1536;
/** The place in the block of each coefficient in zigzag order, a byte each. */
export const ZIGZAG: usize = 0x3800;
/** 64 results of the transform's first pass. */
export const WORKSPACE: usize = 0x3900;
/** Four tables of 256 numbers: what red chroma adds to red, blue to blue, and both to green. */
export const COLOURS: usize = 0x3a00;
/** One block of 64 coefficients, 16 bits each. */
export const BLOCK: usize = 0x4a00;

// Fields of a component's record, 32 bits each.
/** Samples a MCU, across and down. */
export const ACROSS: usize = 0;
export const DOWN: usize = 4;
/** Blocks that hold samples of the image, across and down. */
export const BLOCKS_ACROSS: usize = 8;
export const BLOCKS_DOWN: usize = 12;
/** Blocks a row of memory, those that fill up the last MCU included. */
export const STRIDE: usize = 16;
/** Where the coefficients or samples begin. */
export const DATA: usize = 20;
/** The address of the table of divisors. */
export const DIVISORS: usize = 24;
/** Samples a row and rows. */
export const WIDTH: usize = 28;
export const HEIGHT: usize = 32;
/** The addresses of the Huffman tables of this scan. */
export const DC_TABLE: usize = 36;
export const AC_TABLE: usize = 40;
/** The DC value of the block before. */
export const PREDICTION: usize = 44;

@inline export function component(index: i32): usize {
  return COMPONENTS + 64 * <usize>index;
}
