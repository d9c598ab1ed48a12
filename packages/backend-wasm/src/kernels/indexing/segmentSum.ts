import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { grainOf } from '../grain.js';

/** Columns that the compiled kernel adds up as one item. */
const COLUMNS = 16;

/** out[s] = the sum of all rows of x whose id is s. The ids are int32, one for each row; what `out` held is overwritten. */
export function segmentSum(engine: WasmEngine, x: TensorInfo, ids: TensorInfo, out: TensorInfo): void {
  const segments = out.shape[0] ?? 1;
  const rows = util.sizeFromShape(ids.shape);
  const inner = util.sizeFromShape(out.shape.slice(1));
  const args = [engine.offset(x), engine.offset(ids), engine.offset(out), rows, inner, segments];
  engine.split('unsortedSegmentSum', args, Math.ceil(inner / COLUMNS), grainOf(COLUMNS * rows));
}
