import { integers, requireDivisors } from '@espalier/core';
import { type BinaryInputs, FloorDiv, type KernelConfig, Mod, Pow, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { floorDivConfig, modConfig, powConfig } from '../../generated/tfjsKernels.js';
import { assertAndGetBroadcastShape, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { callKernel, defineKernel, withSetup } from '../defineKernel.js';
import { throughInt32 } from '../throughInt32.js';
import { broadcastSteps } from './broadcastSteps.js';

/** f of every pair of integers, with broadcasting. */
function ofPairs(
  engine: WasmEngine,
  f: (a: number, b: number) => number,
  a: TensorInfo,
  b: TensorInfo,
  divides: string | undefined,
): TensorInfo {
  const shape = assertAndGetBroadcastShape(a.shape, b.shape);
  const out = engine.makeOutput(shape, 'int32');
  if (sizeFromShape(shape) === 0) return out;
  const [left, right] = [engine.typedArrayFromHeap(a), engine.typedArrayFromHeap(b)];
  if (divides !== undefined) requireDivisors(divides, right);
  const to = engine.typedArrayFromHeap(out);
  const axes = broadcastSteps(a.shape, b.shape, shape);
  for (let i = 0; i < to.length; i++) {
    let [rest, ofA, ofB] = [i, 0, 0];
    for (const [size, stepA, stepB] of axes) {
      const place = rest % size;
      ofA += place * stepA;
      ofB += place * stepB;
      rest = (rest - place) / size;
    }
    to[i] = f(left[ofA]!, right[ofB]!);
  }
  return out;
}

/** @param other tfjs's own, for floats: its integers go through float32, saturate, and trap on 0. */
function whole(
  kernel: string,
  other: KernelConfig,
  f: (a: number, b: number) => number,
  divides: boolean,
): KernelConfig {
  const config = defineKernel<BinaryInputs, object>(kernel, ({ inputs: { a, b }, engine }) =>
    a.dtype === 'int32' && b.dtype === 'int32'
      ? ofPairs(engine, f, a, b, divides ? kernel : undefined)
      : callKernel(other, engine, { a, b }),
  );
  return withSetup(config, other);
}

/** Division, remainder and power of integers as everywhere else; those of floats are tfjs's. */
export const wholeNumbers: readonly KernelConfig[] = [
  whole(FloorDiv, throughInt32(floorDivConfig, 'int32'), integers.floorDiv, true),
  whole(Mod, throughInt32(modConfig), integers.mod, true),
  whole(Pow, powConfig, integers.power, false),
];
