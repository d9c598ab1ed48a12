// The part of a JPEG file that takes the time: entropy decoding, inverse transform, upsampling and colours. What the
// markers say is read in src/image/jpeg, which also lays out the memory; addresses of fixed tables are in layout.ts.

export { prepareColours, convertRows } from './convertRows';
export { buildHuffmanTable } from './huffman';
export { transformPlane } from './transformPlane';
export { decodeScan, failedAt } from './decodeScan';
