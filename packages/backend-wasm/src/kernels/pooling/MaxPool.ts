import {
  MaxPool,
  MaxPool3D,
  type MaxPool3DAttrs,
  MaxPool3DGrad,
  type MaxPool3DGradAttrs,
  type MaxPool3DGradInputs,
  type MaxPool3DInputs,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type MaxPoolGradInputs,
  type MaxPoolInputs,
  MaxPoolWithArgmax,
  type MaxPoolWithArgmaxAttrs,
  type MaxPoolWithArgmaxInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast, requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { windowSize } from '../window.js';
import { geometryOf, info2D, info3D, isApart, outputRows, type PoolInfo } from './poolInfo.js';

function forward(kernel: string, engine: WasmEngine, x: TensorInfo, info: PoolInfo): TensorInfo {
  requireFloat32(kernel, { x });
  const out = engine.makeOutput(info.outShape, 'float32');
  const rows = outputRows(info);
  const grain = grainOf(info.outWidth * windowSize(info));
  engine.split('maxPool', [geometryOf(engine, info), engine.offset(x), engine.offset(out)], rows, grain);
  return out;
}

/** Channels of an image that one item of overlapping windows has: a cache line. */
const BLOCK = 16;

function backward(kernel: string, engine: WasmEngine, x: TensorInfo, dy: TensorInfo, info: PoolInfo): TensorInfo {
  requireFloat32(kernel, { x, dy });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const dx = engine.makeOutput(x.shape, 'float32');
  const args = [geometryOf(engine, info), engine.offset(x), engine.offset(dy), engine.offset(dx)];
  const rows = outputRows(info);
  if (rows * info.outWidth === 0) engine.typedArrayFromHeap(dx).fill(0);
  else if (isApart(info)) {
    engine.split('maxPoolGradApart', args, rows, grainOf((3 * sizeFromShape(x.shape)) / rows));
  } else {
    const items = info.batchSize * Math.ceil(info.inChannels / BLOCK);
    engine.split('maxPoolGradOver', [...args, BLOCK], items, grainOf((6 * sizeFromShape(x.shape)) / items));
  }
  return dx;
}

export const maxPool = /* @__PURE__ */ defineKernel<MaxPoolInputs, MaxPoolAttrs>(
  MaxPool,
  ({ inputs: { x }, attrs, engine }) => forward(MaxPool, engine, x, info2D(x, attrs)),
);

export const maxPool3D = /* @__PURE__ */ defineKernel<MaxPool3DInputs, MaxPool3DAttrs>(
  MaxPool3D,
  ({ inputs: { x }, attrs, engine }) => {
    requireChannelsLast(MaxPool3D, attrs.dataFormat);
    return forward(MaxPool3D, engine, x, info3D(x, attrs));
  },
);

/** tfjs's own four below are wrong wherever a window holds only negative values. */
export const maxPoolGrad = /* @__PURE__ */ defineKernel<MaxPoolGradInputs, MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({ inputs: { input, dy }, attrs, engine }) => backward(MaxPoolGrad, engine, input, dy, info2D(input, attrs)),
);

export const maxPool3DGrad = /* @__PURE__ */ defineKernel<MaxPool3DGradInputs, MaxPool3DGradAttrs>(
  MaxPool3DGrad,
  ({ inputs: { input, dy }, attrs, engine }) => backward(MaxPool3DGrad, engine, input, dy, info3D(input, attrs)),
);

export const maxPoolWithArgmax = /* @__PURE__ */ defineKernel<MaxPoolWithArgmaxInputs, MaxPoolWithArgmaxAttrs>(
  MaxPoolWithArgmax,
  ({ inputs: { x }, attrs, engine }) => {
    requireFloat32(MaxPoolWithArgmax, { x });
    const info = info2D(x, attrs);
    const out = engine.makeOutput(info.outShape, 'float32');
    const positions = engine.makeOutput(info.outShape, 'int32');
    engine.simd.maxPoolWithArgmax(
      geometryOf(engine, info),
      engine.offset(x),
      engine.offset(out),
      engine.offset(positions),
      attrs.includeBatchInIndex ? 1 : 0,
    );
    return [out, positions];
  },
);
