import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdKernels } from '../../engine/SimdKernels.js';
import { defineKernel } from '../defineKernel.js';
import { GRAIN, parameterTable } from './parameterTable.js';

/** What every update takes beside its own numbers. */
interface UpdateAttrs {
  /** Tensors of a parameter in the list of inputs: its value, its gradient, its slots. */
  readonly width: number;
  /** What each parameter is multiplied by before the step; 1 where nothing is given. */
  readonly factors?: readonly number[];
}

/**
 * A kernel that makes one step of an optimizer for all parameters at once, in place. Its inputs are a list: for each
 * parameter its value, its gradient and its slots, of the same shape. It has no output.
 */
function update<Attrs>(
  kernel: string,
  name: keyof SimdKernels,
  numbers: (attrs: Attrs & UpdateAttrs) => number[],
): KernelConfig {
  return defineKernel<Record<number, TensorInfo>, Attrs & UpdateAttrs>(kernel, ({ inputs, attrs, engine }) => {
    const tensors = Object.values(inputs);
    const rows = Array.from({ length: tensors.length / attrs.width }, (_, i) =>
      tensors.slice(i * attrs.width, (i + 1) * attrs.width),
    );
    const { address, blocks } = parameterTable(engine, kernel, rows, attrs.factors);
    engine.split(name, [address, ...numbers(attrs)], blocks, GRAIN, 80);
    return [];
  });
}

interface AdamAttrs {
  readonly alpha: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly amsgrad: boolean;
}

interface RMSpropAttrs {
  readonly learningRate: number;
  readonly rho: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/** Steps of optimizers; `@espalier/optimizers` calls them. */
export const optimizerUpdates: readonly KernelConfig[] = [
  update<AdamAttrs>('AdamUpdate', 'adamUpdate', ({ alpha, beta1, beta2, epsilon, amsgrad }) => [
    alpha,
    1 - beta1,
    1 - beta2,
    epsilon,
    Number(amsgrad),
  ]),
  update<{ learningRate: number; momentum: number; nesterov: boolean }>(
    'SgdUpdate',
    'sgdUpdate',
    ({ learningRate, momentum, nesterov, width }) => [learningRate, momentum, Number(nesterov), width - 2],
  ),
  update<RMSpropAttrs>('RMSpropUpdate', 'rmspropUpdate', ({ learningRate, rho, momentum, epsilon, centered }) => [
    learningRate,
    rho,
    1 - rho,
    momentum,
    epsilon,
    Number(momentum > 0),
    Number(centered),
  ]),
  update<{ learningRate: number; beta1: number; beta2: number }>(
    'LionUpdate',
    'lionUpdate',
    ({ learningRate, beta1, beta2 }) => [learningRate, beta1, 1 - beta1, beta2, 1 - beta2],
  ),
];
