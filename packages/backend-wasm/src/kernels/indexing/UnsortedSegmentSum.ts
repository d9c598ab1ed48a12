import { BackendError } from '@espalier/core';
import { UnsortedSegmentSum, type UnsortedSegmentSumAttrs, type UnsortedSegmentSumInputs } from '@tensorflow/tfjs-core';
import { requireCounts, requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { segmentSum } from './segmentSum.js';

/** Adds the rows of x up by their segment: the gradient of a lookup. tfjs has none for WASM. */
export const unsortedSegmentSum = /* @__PURE__ */ defineKernel<UnsortedSegmentSumInputs, UnsortedSegmentSumAttrs>(
  UnsortedSegmentSum,
  ({ inputs: { x, segmentIds }, attrs: { numSegments }, engine }) => {
    if (x.dtype !== 'int32') requireFloat32(UnsortedSegmentSum, { x });
    const rows = x.shape[0] ?? 1;
    if (segmentIds.dtype !== 'int32' || segmentIds.shape.length !== 1 || segmentIds.shape[0] !== rows) {
      throw new BackendError({
        where: UnsortedSegmentSum,
        problem: 'each row of x needs one segment',
        expected: `segmentIds of dtype int32 and shape [${rows}]`,
        got: `${segmentIds.dtype} [${segmentIds.shape}]`,
      });
    }
    requireCounts(UnsortedSegmentSum, 'numSegments', [numSegments]);
    const out = engine.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
    if (x.dtype === 'float32') segmentSum(engine, x, segmentIds, out);
    else {
      const ids = engine.typedArrayFromHeap(segmentIds);
      const [from, to] = [engine.typedArrayFromHeap(x), engine.typedArrayFromHeap(out).fill(0)];
      const inner = rows === 0 ? 0 : from.length / rows;
      for (let row = 0; row < rows; row++) {
        const at = ids[row]! * inner;
        if (ids[row]! < 0 || ids[row]! >= numSegments) continue;
        for (let j = 0; j < inner; j++) to[at + j]! += from[row * inner + j]!;
      }
    }
    return out;
  },
);
