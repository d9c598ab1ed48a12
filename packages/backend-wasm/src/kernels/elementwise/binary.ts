import {
  Add,
  type BinaryInputs,
  EluGrad,
  Equal,
  Greater,
  GreaterEqual,
  type KernelConfig,
  Less,
  LessEqual,
  Maximum,
  Minimum,
  Multiply,
  NotEqual,
  RealDiv,
  SquaredDifference,
  Sub,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import {
  addConfig,
  equalConfig,
  greaterConfig,
  greaterEqualConfig,
  lessConfig,
  lessEqualConfig,
  maximumConfig,
  minimumConfig,
  multiplyConfig,
  notEqualConfig,
  realDivConfig,
  squaredDifferenceConfig,
  subConfig,
} from '../../generated/tfjsKernels.js';
import { arraysEqual, assertAndGetBroadcastShape, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32, requireShape } from '../checks.js';
import { callKernel, defineKernel, withSetup } from '../defineKernel.js';
import { throughInt32 } from '../throughInt32.js';
import { broadcastSteps } from './broadcastSteps.js';
import { BINARY } from './codes.js';
import { BLOCK, GRAIN } from './unary.js';

/** A row of up to 1024 floats, repeated 8 times, behind what else `assembly/binary.ts` keeps. */
const SCRATCH = 128 + 4 * 8 * 1024;

/** f(a, b) with broadcasting, of float32 operands. */
export function applyBinary(engine: WasmEngine, code: number, a: TensorInfo, b: TensorInfo, alpha = 0): TensorInfo {
  const shape = arraysEqual(a.shape, b.shape) ? a.shape : assertAndGetBroadcastShape(a.shape, b.shape);
  const out = engine.makeOutput(shape, code >= BINARY.equal ? 'bool' : 'float32');
  const count = sizeFromShape(shape);
  if (count === 0) return out;
  const [inner, row, ...further] = broadcastSteps(a.shape, b.shape, shape);
  let geometry = 0;
  if (further.length > 0) {
    const axes = [row!, ...further];
    geometry = engine.scratch(4 + 12 * axes.length);
    engine.putInts(geometry, [axes.length, ...axes.flatMap(([size, ofA, ofB]) => [size, 4 * ofA, 4 * ofB])]);
  }
  const [size, aStep, bStep] = inner!;
  const steps = [4 * aStep, 4 * (row?.[1] ?? 0), 4 * bStep, 4 * (row?.[2] ?? 0)];
  const args = [code, engine.offset(a), engine.offset(b), engine.offset(out), count, size, ...steps, geometry, alpha];
  engine.split('binaryF32', args, Math.ceil(count / BLOCK), GRAIN.fast, SCRATCH);
  return out;
}

/** @param other tfjs's own, for integers and truths. */
function binary(kernel: string, code: number, other: KernelConfig): KernelConfig {
  const config = defineKernel<BinaryInputs, object>(kernel, ({ inputs: { a, b }, engine }) =>
    a.dtype === 'float32' && b.dtype === 'float32'
      ? applyBinary(engine, code, a, b)
      : callKernel(other, engine, { a, b }),
  );
  return withSetup(config, other);
}

/** dy · f′ in one pass, from what the gradient in `@espalier/core` keeps. */
function slope(kernel: string, code: number, kept: 'x' | 'y' = 'y'): KernelConfig {
  return defineKernel<Record<string, TensorInfo>, { alpha?: number }>(
    kernel,
    ({ inputs, attrs: { alpha }, engine }) => {
      const [dy, of] = [inputs.dy!, inputs[kept]!];
      requireFloat32(kernel, { dy, [kept]: of });
      requireShape(kernel, 'dy', of.shape, dy.shape);
      return applyBinary(engine, code, dy, of, alpha);
    },
  );
}

/** Functions of two floats with broadcasting, and gradients of functions of one, in SIMD and split over threads. */
export const binaries: readonly KernelConfig[] = [
  binary(Add, BINARY.add, addConfig),
  binary(Equal, BINARY.equal, throughInt32(equalConfig)),
  binary(Greater, BINARY.greater, greaterConfig),
  binary(GreaterEqual, BINARY.greaterEqual, greaterEqualConfig),
  binary(Less, BINARY.less, lessConfig),
  binary(LessEqual, BINARY.lessEqual, lessEqualConfig),
  binary(Maximum, BINARY.max, maximumConfig),
  binary(Minimum, BINARY.min, minimumConfig),
  binary(Multiply, BINARY.mul, multiplyConfig),
  binary(NotEqual, BINARY.notEqual, throughInt32(notEqualConfig)),
  binary(RealDiv, BINARY.div, realDivConfig),
  binary(SquaredDifference, BINARY.squaredDifference, squaredDifferenceConfig),
  binary(Sub, BINARY.sub, subConfig),
  slope(EluGrad, BINARY.eluGrad),
  slope('ErfGrad', BINARY.erfGrad, 'x'),
  slope('GeluGrad', BINARY.geluGrad, 'x'),
  slope('GeluTanhGrad', BINARY.geluTanhGrad, 'x'),
  slope('LeakyReluGrad', BINARY.leakyReluGrad, 'x'),
  slope('Relu6Grad', BINARY.relu6Grad),
  slope('ReluGrad', BINARY.reluGrad),
  slope('RsqrtGrad', BINARY.rsqrtGrad),
  slope('SeluGrad', BINARY.seluGrad),
  slope('SigmoidGrad', BINARY.sigmoidGrad),
  slope('SiluGrad', BINARY.siluGrad, 'x'),
  slope('SoftplusGrad', BINARY.softplusGrad, 'x'),
  slope('SqrtGrad', BINARY.sqrtGrad),
  slope('SquareGrad', BINARY.squareGrad, 'x'),
  slope('TanhGrad', BINARY.tanhGrad),
];
