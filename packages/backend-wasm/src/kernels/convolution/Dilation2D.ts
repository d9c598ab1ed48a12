import {
  Dilation2D,
  type Dilation2DAttrs,
  Dilation2DBackpropFilter,
  type Dilation2DBackpropFilterInputs,
  Dilation2DBackpropInput,
  type Dilation2DBackpropInputInputs,
  type Dilation2DInputs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { computeDilation2DInfo } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { GEOMETRY_BYTES, putGeometry } from '../window.js';
import type { Shape4D } from './Conv2D.js';

type Wanted = 'out' | 'dx' | 'dFilter';

function dilate(
  kernel: string,
  engine: WasmEngine,
  inputs: { readonly x: TensorInfo; readonly filter: TensorInfo; readonly dy?: TensorInfo },
  attrs: Dilation2DAttrs,
  wanted: Wanted,
): TensorInfo {
  const { x, filter, dy } = inputs;
  requireFloat32(kernel, inputs);
  const info = computeDilation2DInfo(
    x.shape as Shape4D,
    filter.shape as [number, number, number],
    attrs.strides,
    attrs.pad,
    'NHWC',
    attrs.dilations,
  );
  const result = engine.makeOutput(
    wanted === 'out' ? info.outShape : wanted === 'dx' ? x.shape : filter.shape,
    'float32',
  );
  engine.typedArrayFromHeap(result).fill(0);
  const geometry = engine.scratch(GEOMETRY_BYTES);
  putGeometry(engine, geometry, info);
  const at = engine.offset(result);
  const target = (name: Wanted) => (wanted === name ? at : 0);
  engine.simd.dilation2d(
    geometry,
    engine.offset(x),
    engine.offset(filter),
    target('out'),
    dy === undefined ? 0 : engine.offset(dy),
    target('dx'),
    target('dFilter'),
  );
  return result;
}

/** tfjs's own three are wrong wherever a window holds only negative values. */
export const dilation2D = /* @__PURE__ */ defineKernel<Dilation2DInputs, Dilation2DAttrs>(
  Dilation2D,
  ({ inputs, attrs, engine }) => dilate(Dilation2D, engine, inputs, attrs, 'out'),
);

export const dilation2DBackpropInput = /* @__PURE__ */ defineKernel<Dilation2DBackpropInputInputs, Dilation2DAttrs>(
  Dilation2DBackpropInput,
  ({ inputs, attrs, engine }) => dilate(Dilation2DBackpropInput, engine, inputs, attrs, 'dx'),
);

export const dilation2DBackpropFilter = /* @__PURE__ */ defineKernel<Dilation2DBackpropFilterInputs, Dilation2DAttrs>(
  Dilation2DBackpropFilter,
  ({ inputs, attrs, engine }) => dilate(Dilation2DBackpropFilter, engine, inputs, attrs, 'dFilter'),
);
