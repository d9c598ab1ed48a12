import { type TensorInfo, Transform, type TransformAttrs, type TransformInputs } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { transformConfig } from '../../generated/tfjsKernels.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel, instead } from '../defineKernel.js';

/** The position within an axis that a coordinate beyond it is the reflection of: dcba|abcd|dcba. */
function reflect(at: number, size: number): number {
  const lap = 2 * size;
  const turn = ((at % lap) + lap) % lap;
  return Math.min(Math.max(turn < size ? turn : lap - 1 - turn, 0), size - 1);
}

/** The corners that a coordinate is read between, with the share of each; what lies outside has none. */
function shares(at: number, size: number, nearest: boolean): [position: number, share: number][] {
  if (nearest) return [[Math.min(Math.round(at), size - 1), 1]];
  const low = Math.floor(at);
  return [
    [low, low + 1 - at],
    [low + 1, at - low],
  ];
}

function reflected(engine: WasmEngine, image: TensorInfo, transforms: TensorInfo, attrs: TransformAttrs): TensorInfo {
  requireFloat32(Transform, { image, transforms });
  const [batch, height, width, channels] = image.shape as [number, number, number, number];
  const [outHeight, outWidth] = attrs.outputShape ?? [height, width];
  const out = engine.makeOutput([batch, outHeight, outWidth, channels], 'float32');
  // Made after the output, which may have moved the heap.
  const [from, matrices, to] = [image, transforms, out].map((tensor) => engine.typedArrayFromHeap(tensor));
  const nearest = attrs.interpolation === 'nearest';
  to!.fill(0);
  for (let b = 0, at = 0; b < batch; b++) {
    const start = transforms.shape[0] === 1 ? 0 : 8 * b;
    const [a0, a1, a2, b0, b1, b2, c0, c1] = matrices!.subarray(start, start + 8) as Float32Array & number[];
    for (let y = 0; y < outHeight; y++) {
      for (let x = 0; x < outWidth; x++, at += channels) {
        const depth = c0! * x + c1! * y + 1;
        if (depth === 0) {
          to!.fill(attrs.fillValue, at, at + channels);
          continue;
        }
        const rows = shares(reflect((b0! * x + b1! * y + b2!) / depth, height), height, nearest);
        const columns = shares(reflect((a0! * x + a1! * y + a2!) / depth, width), width, nearest);
        for (const [row, rowShare] of rows) {
          for (const [column, columnShare] of columns) {
            const share = rowShare * columnShare;
            const known = row < height && column < width;
            const pixel = ((b * height + row) * width + column) * channels;
            for (let c = 0; c < channels; c++) to![at + c]! += share * (known ? from![pixel + c]! : attrs.fillValue);
          }
        }
      }
    }
  }
  return out;
}

const ours = /* @__PURE__ */ defineKernel<TransformInputs, TransformAttrs>(Transform, ({ inputs, attrs, engine }) =>
  reflected(engine, inputs.image, inputs.transforms, attrs),
);

/** Images warped by a projection. tfjs's kernel reads the wrong pixels beyond edges that are to reflect. */
export const transform = /* @__PURE__ */ instead(transformConfig, (call) =>
  (call.attrs?.fillMode === 'reflect' ? ours : transformConfig).kernelFunc(call),
);
