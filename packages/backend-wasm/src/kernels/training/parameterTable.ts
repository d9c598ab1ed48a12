import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32, requireShape } from '../checks.js';

/** The numbers of `assembly/parameterTable.ts`. */
const BLOCK = 1024;
const WORDS = 8;
/** Blocks worth a thread: each is a few hundred nanoseconds. */
export const GRAIN = 64;

/** A table in memory for kernels over many tensors, valid until the next use of the engine's scratch memory. */
export interface ParameterTable {
  readonly address: number;
  /** How many blocks the tensors are cut in. */
  readonly blocks: number;
  /** A place behind the table, aligned to 8 bytes. */
  readonly behind: number;
}

/**
 * Writes the table: each row are tensors of one shape.
 * @param factors A factor for each row; 1 where there is none.
 * @param perBlock Bytes wanted behind the table for each block.
 */
export function parameterTable(
  engine: WasmEngine,
  kernel: string,
  rows: readonly (readonly TensorInfo[])[],
  factors: readonly number[] = [],
  perBlock = 0,
): ParameterTable {
  const words = new Int32Array((rows.length + 1) * WORDS);
  const floats = new Float32Array(words.buffer);
  let blocks = 0;
  let at = 0;
  for (const [i, row] of rows.entries()) {
    const shape = row[0]!.shape;
    requireFloat32(kernel, row as unknown as Readonly<Record<number, TensorInfo>>);
    for (const [place, tensor] of row.entries()) {
      requireShape(kernel, place === 1 ? 'the gradient' : 'a slot', shape, tensor.shape);
      words[at + place] = engine.offset(tensor);
    }
    const count = sizeFromShape(shape);
    words[at + 5] = count;
    words[at + 6] = blocks;
    floats[at + 7] = factors[i] ?? 1;
    blocks += Math.ceil(count / BLOCK);
    at += WORDS;
  }
  words[at + 6] = blocks;
  const bytes = words.byteLength;
  const address = engine.scratch(bytes + perBlock * blocks);
  engine.heap.set(new Uint8Array(words.buffer), address);
  return { address, blocks, behind: address + bytes };
}
