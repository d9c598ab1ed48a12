import {
  Abs,
  ClipByValue,
  type ClipByValueAttrs,
  Cos,
  Elu,
  Erf,
  Exp,
  type KernelConfig,
  LeakyRelu,
  type LeakyReluAttrs,
  Log,
  Log1p,
  Neg,
  Reciprocal,
  Relu,
  Relu6,
  Rsqrt,
  Selu,
  Sigmoid,
  Sign,
  Sin,
  Softplus,
  Sqrt,
  Square,
  Step,
  type StepAttrs,
  Tan,
  Tanh,
  type TensorInfo,
  type UnaryInputs,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from './Cast.js';
import { UNARY } from './codes.js';

/** Floats in an item of work: the number of `assembly/unary.ts`. */
export const BLOCK = 1024;
/** Items worth a thread, where an element costs a few nanoseconds, and where it costs less than one. */
export const GRAIN = { slow: 8, fast: 64 } as const;
const SLOW: readonly number[] = [4, 5, 6, 11, 12, 13, 14, 15, 18, 19, 20, 22, 23, 24, 25];

/** Writes f(x) to `out`, which may be `x`; both are float32. */
export function applyUnary(
  engine: WasmEngine,
  code: number,
  x: TensorInfo,
  out: TensorInfo,
  alpha = 0,
  beta = 0,
): TensorInfo {
  const count = sizeFromShape(x.shape);
  const grain = SLOW.includes(code) ? GRAIN.slow : GRAIN.fast;
  const args = [code, engine.offset(x), engine.offset(out), count, alpha, beta];
  engine.split('unaryF32', args, Math.ceil(count / BLOCK), grain, 32);
  return out;
}

/** f(x) of integers; of truths, whether it is not 0. */
function ofIntegers(engine: WasmEngine, x: TensorInfo, f: (x: number) => number): TensorInfo {
  const out = engine.makeOutput(x.shape, x.dtype);
  const [from, to] = [engine.typedArrayFromHeap(x), engine.typedArrayFromHeap(out)];
  const truths = x.dtype === 'bool';
  for (let i = 0; i < from.length; i++) {
    const value = f(from[i]!) | 0;
    to[i] = truths ? Number(value !== 0) : value;
  }
  return out;
}

/** @param whole What computes it for int32 and bool, keeping the type; without it the input is cast to float32. */
function unary<Attrs extends object>(
  kernel: string,
  code: number,
  whole?: (x: number, attrs: Attrs) => number,
  numbers: (attrs: Attrs) => readonly [number, number?] = () => [0],
): KernelConfig {
  return defineKernel<UnaryInputs, Attrs>(kernel, ({ inputs: { x }, attrs, engine }) => {
    if (x.dtype !== 'float32' && whole !== undefined) return ofIntegers(engine, x, (value) => whole(value, attrs));
    const floats = castTo(engine, x, 'float32');
    const out = applyUnary(engine, code, floats, engine.makeOutput(x.shape, 'float32'), ...numbers(attrs));
    engine.disposeData(floats.dataId);
    return out;
  });
}

/** Bounds of integers; unlike tfjs's own, both kernels keep NaN: a training that has failed must show. */
function clamp(kernel: string, bounds: (attrs: ClipByValueAttrs) => [low: number, high: number]): KernelConfig {
  return defineKernel<UnaryInputs, ClipByValueAttrs>(kernel, ({ inputs: { x }, attrs, engine }) => {
    const [low, high] = bounds(attrs);
    const out = engine.makeOutput(x.shape, x.dtype);
    if (x.dtype === 'float32') return applyUnary(engine, UNARY.clamp, x, out, low, high);
    const values = engine.typedArrayFromHeap(x);
    engine.typedArrayFromHeap(out).set(values.map((value) => Math.min(Math.max(value, low), high)));
    return out;
  });
}

/** Functions of one float, in SIMD and split over threads. */
export const unaries: readonly KernelConfig[] = [
  unary(Abs, UNARY.abs, Math.abs),
  unary(Cos, UNARY.cos),
  unary(Elu, UNARY.elu),
  unary(Erf, UNARY.erf),
  unary(Exp, UNARY.exp),
  unary<LeakyReluAttrs>(LeakyRelu, UNARY.leakyRelu, undefined, ({ alpha }) => [alpha]),
  unary(Log, UNARY.log),
  unary(Log1p, UNARY.log1p),
  unary(Neg, UNARY.neg, (x) => -x),
  unary(Reciprocal, UNARY.reciprocal),
  unary(Relu, UNARY.relu, (x) => Math.max(x, 0)),
  unary(Rsqrt, UNARY.rsqrt),
  unary(Selu, UNARY.selu),
  unary(Sigmoid, UNARY.sigmoid),
  unary(Sign, UNARY.sign, Math.sign),
  unary(Sin, UNARY.sin),
  unary(Softplus, UNARY.softplus),
  unary(Sqrt, UNARY.sqrt),
  unary(Square, UNARY.square, (x) => Math.imul(x, x)),
  unary<StepAttrs>(
    Step,
    UNARY.step,
    (x, { alpha }) => (x > 0 ? 1 : alpha),
    ({ alpha }) => [alpha],
  ),
  unary(Tan, UNARY.tan),
  unary(Tanh, UNARY.tanh),
  // Of @espalier/core's own.
  unary('Gelu', UNARY.gelu),
  unary('GeluTanh', UNARY.geluTanh),
  unary('Silu', UNARY.silu),
  clamp(ClipByValue, ({ clipValueMin, clipValueMax }) => [clipValueMin, clipValueMax]),
  clamp(Relu6, () => [0, 6]),
];
