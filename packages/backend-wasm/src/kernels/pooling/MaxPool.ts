import {
  backend_util,
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
import { requireChannelsLast, requireFloat32, requireShape } from '../checks.js';
import type { Shape4D } from '../convolution/Conv2D.js';
import { defineKernel } from '../defineKernel.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';

type PoolInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;
type Shape5D = [number, number, number, number, number];

function info2D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): PoolInfo {
  return backend_util.computePool2DInfo(x.shape as Shape4D, filterSize, strides, 1, pad, dimRoundingMode);
}

function info3D(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPool3DGradAttrs): PoolInfo {
  return backend_util.computePool3DInfo(x.shape as Shape5D, filterSize, strides, 1, pad, dimRoundingMode);
}

function geometryOf(engine: WasmEngine, info: PoolInfo): number {
  const at = engine.scratch(GEOMETRY_BYTES);
  putGeometry(engine, at, info);
  return at;
}

function forward(kernel: string, engine: WasmEngine, x: TensorInfo, info: PoolInfo): TensorInfo {
  requireFloat32(kernel, { x });
  const out = engine.makeOutput(info.outShape, 'float32');
  engine.simd.maxPool(geometryOf(engine, info), engine.offset(x), engine.offset(out));
  return out;
}

function backward(kernel: string, engine: WasmEngine, x: TensorInfo, dy: TensorInfo, info: PoolInfo): TensorInfo {
  requireFloat32(kernel, { x, dy });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const dx = engine.makeOutput(x.shape, 'float32');
  engine.typedArrayFromHeap(dx).fill(0);
  engine.simd.maxPoolGrad(geometryOf(engine, info), engine.offset(x), engine.offset(dy), engine.offset(dx));
  return dx;
}

export const maxPool = defineKernel<MaxPoolInputs, MaxPoolAttrs>(MaxPool, ({ inputs: { x }, attrs, engine }) =>
  forward(MaxPool, engine, x, info2D(x, attrs)),
);

export const maxPool3D = defineKernel<MaxPool3DInputs, MaxPool3DAttrs>(
  MaxPool3D,
  ({ inputs: { x }, attrs, engine }) => {
    requireChannelsLast(MaxPool3D, attrs.dataFormat);
    return forward(MaxPool3D, engine, x, info3D(x, attrs));
  },
);

/** tfjs's own four below are wrong wherever a window holds only negative values. */
export const maxPoolGrad = defineKernel<MaxPoolGradInputs, MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({ inputs: { input, dy }, attrs, engine }) => backward(MaxPoolGrad, engine, input, dy, info2D(input, attrs)),
);

export const maxPool3DGrad = defineKernel<MaxPool3DGradInputs, MaxPool3DGradAttrs>(
  MaxPool3DGrad,
  ({ inputs: { input, dy }, attrs, engine }) => backward(MaxPool3DGrad, engine, input, dy, info3D(input, attrs)),
);

export const maxPoolWithArgmax = defineKernel<MaxPoolWithArgmaxInputs, MaxPoolWithArgmaxAttrs>(
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
