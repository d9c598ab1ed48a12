import { RotateWithOffset, type RotateWithOffsetAttrs, type RotateWithOffsetInputs } from '@tensorflow/tfjs-core';
import { getImageCenter } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';

/** The value of the fourth channel on, opacity, where the filling names three. */
const OPAQUE = 255;

/**
 * Images turned around a centre, by the nearest pixel; what comes from outside is filled. tfjs's own takes the filling for
 * four whole numbers.
 */
export const rotateWithOffset = /* @__PURE__ */ defineKernel<RotateWithOffsetInputs, RotateWithOffsetAttrs>(
  RotateWithOffset,
  ({ inputs: { image }, attrs: { radians, fillValue, center }, engine }) => {
    requireFloat32(RotateWithOffset, { image });
    const [batch, height, width, channels] = image.shape as [number, number, number, number];
    const [centerX, centerY] = getImageCenter(center, height, width);
    const filling = Float32Array.from({ length: channels }, (_, c) =>
      typeof fillValue === 'number' ? fillValue : c < 3 ? (fillValue[c] ?? OPAQUE) : OPAQUE,
    );
    const out = engine.makeOutput(image.shape, 'float32');
    // Made after the output, which may have moved the heap.
    const [from, to] = [engine.typedArrayFromHeap(image), engine.typedArrayFromHeap(out)];
    const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
    for (let b = 0, at = 0; b < batch; b++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++, at += channels) {
          const column = Math.round((x - centerX) * cos - (y - centerY) * sin + centerX);
          const row = Math.round((x - centerX) * sin + (y - centerY) * cos + centerY);
          const inside = column >= 0 && column < width && row >= 0 && row < height;
          const pixel = ((b * height + row) * width + column) * channels;
          for (let c = 0; c < channels; c++) to[at + c] = inside ? from[pixel + c]! : filling[c]!;
        }
      }
    }
    return out;
  },
);
