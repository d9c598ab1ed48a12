import { Exp, type KernelConfig, Sigmoid, Tanh, type UnaryInputs, util } from '@tensorflow/tfjs-core';
import type { SimdKernels } from '../../engine/SimdKernels.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from './Cast.js';

type UnaryName = 'expF32' | 'sigmoidF32' | 'tanhF32';

function unary(kernel: string, name: UnaryName & keyof SimdKernels): KernelConfig {
  return defineKernel<UnaryInputs, object>(kernel, ({ inputs: { x }, engine }) => {
    const floats = castTo(engine, x, 'float32');
    const out = engine.makeOutput(x.shape, 'float32');
    engine.simd[name](engine.offset(floats), engine.offset(out), util.sizeFromShape(x.shape));
    engine.disposeData(floats.dataId);
    return out;
  });
}

/** tfjs computes these three one element at a time. */
export const exp = unary(Exp, 'expF32');
export const sigmoid = unary(Sigmoid, 'sigmoidF32');
export const tanh = unary(Tanh, 'tanhF32');
