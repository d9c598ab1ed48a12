import {
  type backend_util,
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
import { computeConv2DInfo } from '../../generated/tfjsUtilities.js';
import { requireChannelsLast, requireFloat32, requireShape } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { applyEpilogue, epilogueInside } from '../epilogue.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import type { Shape4D } from './Conv2D.js';
import { NO_EPILOGUE, type RowEpilogue } from './direct.js';

/** Input channels in a line of the cache. */
const LINE = 16;
/** Multiply-adds worth a thread. */
const GRAIN = 100_000;

function sizes(xShape: number[], filterShape: number[], attrs: DepthwiseConv2dNativeAttrs): backend_util.Conv2DInfo {
  return computeConv2DInfo(
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
  epilogueOf: (channels: number) => RowEpilogue | undefined = () => undefined,
): TensorInfo {
  requireChannelsLast(kernel, attrs.dataFormat);
  requireFloat32(kernel, { x, filter });
  const info = sizes(x.shape, filter.shape, attrs);
  const out = engine.makeOutput(info.outShape, 'float32');
  const { bias, activation, alpha } = epilogueOf(info.outChannels) ?? NO_EPILOGUE;
  engine.split(
    'depthwise',
    [geometryOf(engine, info), engine.offset(x), engine.offset(filter), bias, activation, alpha, engine.offset(out)],
    info.batchSize * info.outHeight,
    Math.ceil(GRAIN / (1 + info.outWidth * info.outChannels * info.filterHeight * info.filterWidth)),
  );
  return out;
}

/** Adds to zeros, in an item of channels for each thread, of each image or of all at once. */
function addGradient(
  engine: WasmEngine,
  kernel: 'depthwiseFilterGrad' | 'depthwiseInputGrad',
  info: backend_util.Conv2DInfo,
  out: TensorInfo,
  operands: readonly TensorInfo[],
  images: number,
): void {
  engine.typedArrayFromHeap(out).fill(0);
  const geometry = geometryOf(engine, info);
  const wide = LINE * Math.max(1, Math.ceil(info.inChannels / LINE / engine.threads));
  const perChannel = ((info.batchSize / images) * info.outHeight * info.outWidth * info.outChannels) / info.inChannels;
  engine.split(
    kernel,
    [geometry, ...operands.map((operand) => engine.offset(operand)), wide],
    images * Math.ceil(info.inChannels / wide),
    Math.ceil(GRAIN / (1 + perChannel * wide * info.filterHeight * info.filterWidth)),
  );
}

/** Depthwise convolution; tfjs's own keeps packed filters by tensor, so it misses changes in place. */
export const depthwiseConv2d = /* @__PURE__ */ defineKernel<DepthwiseConv2dNativeInputs, DepthwiseConv2dNativeAttrs>(
  DepthwiseConv2dNative,
  ({ inputs: { x, filter }, attrs, engine }) => forward(DepthwiseConv2dNative, engine, x, filter, attrs),
);

/** Depthwise convolution, bias and activation. */
export const fusedDepthwiseConv2D = /* @__PURE__ */ defineKernel<FusedDepthwiseConv2DInputs, FusedDepthwiseConv2DAttrs>(
  FusedDepthwiseConv2D,
  ({ inputs, attrs, engine }) => {
    const kernel = FusedDepthwiseConv2D;
    const epilogue = { ...inputs, ...attrs };
    let inside: RowEpilogue | undefined;
    const out = forward(kernel, engine, inputs.x, inputs.filter, attrs, (channels) => {
      inside = epilogueInside(kernel, engine, channels, epilogue);
      return inside;
    });
    return inside === undefined ? applyEpilogue(kernel, engine, out, epilogue) : out;
  },
);

/** The gradient of the filter; tfjs has none for WASM. */
export const depthwiseBackpropFilter = /* @__PURE__ */ defineKernel<
  DepthwiseConv2dNativeBackpropFilterInputs,
  DepthwiseConv2dNativeBackpropFilterAttrs
>(DepthwiseConv2dNativeBackpropFilter, ({ inputs: { x, dy }, attrs, engine }) => {
  const kernel = DepthwiseConv2dNativeBackpropFilter;
  requireFloat32(kernel, { x, dy });
  const info = sizes(x.shape, attrs.filterShape, { ...attrs, dataFormat: 'NHWC' });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.filterShape, 'float32');
  addGradient(engine, 'depthwiseFilterGrad', info, out, [x, out, dy], 1);
  return out;
});

/** The gradient of the input; tfjs has none for WASM. */
export const depthwiseBackpropInput = /* @__PURE__ */ defineKernel<
  DepthwiseConv2dNativeBackpropInputInputs,
  DepthwiseConv2dNativeBackpropInputAttrs
>(DepthwiseConv2dNativeBackpropInput, ({ inputs: { dy, filter }, attrs, engine }) => {
  const kernel = DepthwiseConv2dNativeBackpropInput;
  requireFloat32(kernel, { dy, filter });
  const info = sizes(attrs.inputShape, filter.shape, { ...attrs, dataFormat: 'NHWC' });
  requireShape(kernel, 'dy', info.outShape, dy.shape);
  const out = engine.makeOutput(info.inShape, 'float32');
  addGradient(engine, 'depthwiseInputGrad', info, out, [out, filter, dy], info.batchSize);
  return out;
});
