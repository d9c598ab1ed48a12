import {
  backend_util,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  type DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  type DepthwiseConv2dNativeBackpropInputInputs,
  type DepthwiseConv2dNativeInputs,
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type FusedDepthwiseConv2DInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { requireChannelsLast, requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue } from '../epilogue.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import type { Shape4D } from './Conv2D.js';

function sizes(xShape: number[], filterShape: number[], attrs: DepthwiseConv2dNativeAttrs): backend_util.Conv2DInfo {
  return backend_util.computeConv2DInfo(
    xShape as Shape4D,
    filterShape as Shape4D,
    attrs.strides,
    attrs.dilations ?? 1,
    attrs.pad,
    attrs.dimRoundingMode,
    true,
  );
}

/** Where the sizes are that the compiled kernels read. */
function geometryOf(engine: WasmEngine, info: backend_util.Conv2DInfo): number {
  const at = engine.scratch(GEOMETRY_BYTES);
  putGeometry(engine, at, info);
  return at;
}

function forward(
  kernel: string,
  engine: WasmEngine,
  x: TensorInfo,
  filter: TensorInfo,
  attrs: DepthwiseConv2dNativeAttrs,
): TensorInfo {
  requireChannelsLast(kernel, attrs.dataFormat);
  requireFloat32(kernel, { x, filter });
  const info = sizes(x.shape, filter.shape, attrs);
  const out = engine.makeOutput(info.outShape, 'float32');
  engine.simd.depthwise(geometryOf(engine, info), engine.offset(x), engine.offset(filter), engine.offset(out));
  return out;
}

/** Depthwise convolution; tfjs's own keeps packed filters by tensor, so it misses changes in place. */
export const depthwiseConv2d = defineKernel<DepthwiseConv2dNativeInputs, DepthwiseConv2dNativeAttrs>(
  DepthwiseConv2dNative,
  ({ inputs: { x, filter }, attrs, engine }) => forward(DepthwiseConv2dNative, engine, x, filter, attrs),
);

/** Depthwise convolution, bias and activation. */
export const fusedDepthwiseConv2D = defineKernel<FusedDepthwiseConv2DInputs, FusedDepthwiseConv2DAttrs>(
  FusedDepthwiseConv2D,
  ({ inputs, attrs, engine }) => {
    const out = forward(FusedDepthwiseConv2D, engine, inputs.x, inputs.filter, attrs);
    return applyEpilogue(FusedDepthwiseConv2D, engine, out, { ...inputs, ...attrs });
  },
);

/** The gradient of the filter; tfjs has none for WASM. */
export const depthwiseBackpropFilter = defineKernel<
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropFilterAttrs
>(DepthwiseConv2dNativeBackpropFilter, ({ inputs: { x, dy }, attrs, engine }) => {
  const kernel = DepthwiseConv2dNativeBackpropFilter;
  requireFloat32(kernel, { x, dy });
  const info = sizes(x.shape, attrs.filterShape, { ...attrs, dataFormat: 'NHWC' });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.filterShape, 'float32');
  engine.simd.depthwiseFilterGrad(geometryOf(engine, info), engine.offset(x), engine.offset(out), engine.offset(dy));
  return out;
});

/** The gradient of the input; tfjs has none for WASM. */
export const depthwiseBackpropInput = defineKernel<
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeBackpropInputAttrs
>(DepthwiseConv2dNativeBackpropInput, ({ inputs: { dy, filter }, attrs, engine }) => {
  const kernel = DepthwiseConv2dNativeBackpropInput;
  requireFloat32(kernel, { dy, filter });
  const info = sizes(attrs.inputShape, filter.shape, { ...attrs, dataFormat: 'NHWC' });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.inShape, 'float32');
  engine.simd.depthwiseInputGrad(
    geometryOf(engine, info),
    engine.offset(out),
    engine.offset(filter),
    engine.offset(dy),
  );
  return out;
});
