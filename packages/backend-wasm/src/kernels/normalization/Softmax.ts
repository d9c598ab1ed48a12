import { Softmax, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { softmaxConfig } from '../../generated/tfjsKernels.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel, withSetup } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';
import { grainOf } from '../grain.js';

/** Runs one of the two compiled kernels over the rows of the last axis. */
function overRows(
  engine: WasmEngine,
  kernel: 'softmax' | 'softmaxGrad',
  tensors: readonly TensorInfo[],
  log: boolean,
): TensorInfo {
  const { shape } = tensors[0]!;
  const cols = shape[shape.length - 1] ?? 1;
  const out = engine.makeOutput(shape, 'float32');
  const at = [...tensors, out].map((tensor) => engine.offset(tensor));
  const rows = cols === 0 ? 0 : sizeFromShape(shape) / cols;
  engine.split(kernel, [...at, cols, Number(log)], rows, grainOf(8 * cols));
  return out;
}

/** e^x / Σ e^x over the last axis. */
export const softmax = /* @__PURE__ */ withSetup(
  /* @__PURE__ */ defineKernel<{ logits: TensorInfo }, object>(Softmax, ({ inputs, engine }) => {
    const floats = castTo(engine, inputs.logits, 'float32');
    const out = overRows(engine, 'softmax', [floats], false);
    engine.disposeData(floats.dataId);
    return out;
  }),
  // tfjs's multinomial calls tfjs's softmax, which this makes ready.
  softmaxConfig,
);

/** From the output `y` and its gradient alone. */
export const softmaxGrad = /* @__PURE__ */ defineKernel<{ y: TensorInfo; dy: TensorInfo }, object>(
  'SoftmaxGrad',
  ({ inputs: { y, dy }, engine }) => {
    requireFloat32('SoftmaxGrad', { y, dy });
    return overRows(engine, 'softmaxGrad', [y, dy], false);
  },
);

/** x - ln Σ e^x over the last axis. */
export const logSoftmax = /* @__PURE__ */ defineKernel<{ x: TensorInfo }, object>(
  'FusedLogSoftmax',
  ({ inputs: { x }, engine }) => {
    requireFloat32('FusedLogSoftmax', { x });
    return [overRows(engine, 'softmax', [x], true)];
  },
);

export const logSoftmaxGrad = /* @__PURE__ */ defineKernel<{ value: TensorInfo; dy: TensorInfo }, object>(
  'FusedLogSoftmaxGrad',
  ({ inputs: { value, dy }, engine }) => [overRows(engine, 'softmaxGrad', [value, dy], true)],
);
