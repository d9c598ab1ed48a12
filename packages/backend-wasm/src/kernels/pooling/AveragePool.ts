import {
  AvgPool,
  AvgPool3D,
  type AvgPool3DAttrs,
  type AvgPool3DGradAttrs,
  type AvgPool3DInputs,
  type AvgPoolAttrs,
  type AvgPoolGradAttrs,
  type AvgPoolInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireChannelsLast, requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { windowSize } from '../window.js';
import { geometryOf, info2D, info3D, outputRows, type PoolInfo } from './poolInfo.js';

interface Inputs {
  readonly dy: TensorInfo;
  readonly input: TensorInfo;
}

function forward(kernel: string, engine: WasmEngine, x: TensorInfo, info: PoolInfo): TensorInfo {
  requireFloat32(kernel, { x });
  const out = engine.makeOutput(info.outShape, 'float32');
  const args = [geometryOf(engine, info), engine.offset(x), engine.offset(out)];
  engine.split('averagePool', args, outputRows(info), grainOf(info.outWidth * windowSize(info)));
  return out;
}

/** The mean of each window, of what lies inside the image; tfjs's own makes -Infinity of a NaN. */
export const averagePool = /* @__PURE__ */ defineKernel<AvgPoolInputs, AvgPoolAttrs>(
  AvgPool,
  ({ inputs: { x }, attrs, engine }) => forward(AvgPool, engine, x, info2D(x, attrs)),
);

export const averagePool3D = /* @__PURE__ */ defineKernel<AvgPool3DInputs, AvgPool3DAttrs>(
  AvgPool3D,
  ({ inputs: { x }, attrs, engine }) => {
    requireChannelsLast(AvgPool3D, attrs.dataFormat);
    return forward(AvgPool3D, engine, x, info3D(x, attrs));
  },
);

/**
 * The gradient of average pooling in two or three dimensions, by the rank of the input. Unlike tfjs's `AvgPoolGrad` it
 * leaves padding out of the count, as the forward kernel does.
 */
export const averagePoolGrad = /* @__PURE__ */ defineKernel<Inputs, AvgPoolGradAttrs | AvgPool3DGradAttrs>(
  'AveragePoolGrad',
  ({ inputs: { dy, input }, attrs, engine }) => {
    requireFloat32('AveragePoolGrad', { dy });
    const deep = input.shape.length === 5;
    const info = deep ? info3D(input, attrs as AvgPool3DGradAttrs) : info2D(input, attrs as AvgPoolGradAttrs);
    requireShape('AveragePoolGrad', 'dy', info.outShape, dy.shape);
    const dx = engine.makeOutput(input.shape, 'float32');
    const rows = info.batchSize * ('inDepth' in info ? info.inDepth : 1) * info.inHeight;
    const args = [geometryOf(engine, info), engine.offset(dy), engine.offset(dx)];
    engine.split('averagePoolGrad', args, rows, grainOf(3 * info.inWidth * info.inChannels));
    return dx;
  },
);
