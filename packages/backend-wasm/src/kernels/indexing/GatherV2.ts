import { ValueError } from '@espalier/core';
import { GatherV2, type GatherV2Attrs, type GatherV2Inputs } from '@tensorflow/tfjs-core';
import {
  bytesPerElement,
  collectGatherOpShapeInfo,
  parseAxisParam,
  sizeFromShape,
} from '../../generated/tfjsUtilities.js';
import { firstOutside, requireIndices } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';

/** Slices of x by index; tfjs's own reads the wrong indices where there are batch axes. */
export const gatherV2 = /* @__PURE__ */ defineKernel<GatherV2Inputs, GatherV2Attrs>(
  GatherV2,
  ({ inputs: { x, indices }, attrs: { axis, batchDims }, engine }) => {
    requireIndices(GatherV2, 'indices', indices);
    const along = parseAxisParam(axis, x.shape)[0]!;
    // tfjs-core types these as tensors, and reads their shapes only.
    const shapes = collectGatherOpShapeInfo(x as never, indices as never, along, batchDims);
    const out = engine.makeOutput(shapes.outputShape, x.dtype);
    if (sizeFromShape(shapes.outputShape) === 0) return out;
    const { batchSize, outerSize, dimSize } = shapes;
    const values = engine.typedArrayFromHeap(indices);
    // Before anything is read: an index outside would be one of anywhere in the heap.
    const bad = firstOutside(values, dimSize);
    if (bad >= 0) {
      engine.disposeData(out.dataId);
      throw new ValueError({
        where: GatherV2,
        problem: `index ${bad} of the lookup is out of range`,
        expected: `0 to ${dimSize - 1}, for axis ${along} of [${x.shape}]`,
        got: String(values[bad]),
      });
    }
    const count = values.length / batchSize;
    const bytes = shapes.sliceSize * bytesPerElement(x.dtype);
    const args = [engine.offset(x), engine.offset(indices), engine.offset(out), outerSize, dimSize, count, bytes];
    engine.split('gather', args, batchSize * outerSize * count, grainOf(bytes / 4));
    return out;
  },
);
