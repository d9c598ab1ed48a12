import type { AvgPool3DGradAttrs, AvgPoolGradAttrs, TensorInfo } from '@tensorflow/tfjs-core';
import { requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { geometryOf, info2D, info3D } from './poolInfo.js';

interface Inputs {
  readonly dy: TensorInfo;
  readonly input: TensorInfo;
}

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
