import { BackendError } from '@espalier/core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';
import { addConfig } from '../generated/tfjsKernels.js';
import { sizeFromShape } from '../generated/tfjsUtilities.js';
import { requireFloat32 } from './checks.js';
import { callKernel } from './defineKernel.js';
import { preluOf } from './elementwise/Prelu.js';

/** The numbers by which assembly/activation.ts knows activations. */
export const ACTIVATIONS: Readonly<Record<string, number>> = {
  linear: 0,
  relu: 1,
  relu6: 2,
  elu: 3,
  sigmoid: 4,
  leakyrelu: 5,
  tanh: 6,
  prelu: 0,
};

export interface Epilogue {
  readonly bias?: TensorInfo;
  readonly preluActivationWeights?: TensorInfo;
  readonly activation?: string;
  readonly leakyreluAlpha?: number | undefined;
}

/** Whether `bias` has one value for each element of the last axis, so that it can be added row by row. */
function isRow(bias: TensorInfo, columns: number): boolean {
  return sizeFromShape(bias.shape) === columns && bias.shape[bias.shape.length - 1] === columns;
}

/**
 * The part of an epilogue that a product can do as it writes its result, `columns` wide; undefined where it must be applied
 * afterwards: a PReLU, or a bias of another shape.
 */
export function epilogueInside(kernel: string, engine: WasmEngine, columns: number, epilogue: Epilogue) {
  const { bias, activation = 'linear', leakyreluAlpha: alpha = 0.2 } = epilogue;
  const code = ACTIVATIONS[activation];
  if (code === undefined || activation === 'prelu' || (bias !== undefined && !isRow(bias, columns))) return undefined;
  requireFloat32(kernel, { bias });
  return { bias: bias === undefined ? 0 : engine.offset(bias), activation: code, alpha };
}

/** Adds the bias to `x` and applies the activation, once, in place where it can: what a fused kernel does after its product. */
export function applyEpilogue(kernel: string, engine: WasmEngine, x: TensorInfo, epilogue: Epilogue): TensorInfo {
  const { bias, preluActivationWeights: alpha, activation = 'linear', leakyreluAlpha = 0.2 } = epilogue;
  const code = ACTIVATIONS[activation];
  if (code === undefined || (activation === 'prelu' && alpha === undefined)) {
    throw new BackendError({
      where: kernel,
      problem: 'the fused activation is not known, or lacks its weights',
      expected: Object.keys(ACTIVATIONS).join(', '),
      got: activation,
    });
  }
  requireFloat32(kernel, { bias, alpha });
  const columns = x.shape[x.shape.length - 1] ?? 1;
  const rows = columns === 0 ? 0 : sizeFromShape(x.shape) / columns;
  const row = bias !== undefined && isRow(bias, columns) ? bias : undefined;
  let result = x;
  if (bias !== undefined && row === undefined) {
    result = callKernel(addConfig, engine, { a: x, b: bias });
    engine.disposeData(x.dataId);
  }
  if (row !== undefined || code !== 0) {
    const at = engine.offset(result);
    engine.simd.biasActivation(at, rows, columns, row === undefined ? 0 : engine.offset(row), code, leakyreluAlpha);
  }
  if (activation !== 'prelu') return result;
  const activated = preluOf(engine, result, alpha as TensorInfo);
  engine.disposeData(result.dataId);
  return activated;
}
