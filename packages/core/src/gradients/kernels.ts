import { engine, type NamedAttrMap, type NamedTensorMap, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { runTaped } from './tape.js';

/**
 * Direct calls of the kernels that gradients are made of.
 *
 * The public operations convert, check and open a scope on each call; a gradient's operands are already tensors of the
 * right type, and these calls run on every training step. They also keep the operations a program does not use
 * otherwise out of its bundle.
 */
export function run<T extends Tensor | Tensor[] = Tensor>(
  kernel: string,
  inputs: Readonly<Record<string, Tensor>> | readonly Tensor[],
  attrs: object = {},
): T {
  return engine().runKernel<T>(kernel, inputs as NamedTensorMap, attrs as NamedAttrMap);
}

/** What a product or sum takes: a tensor, or a number that stands for a scalar. */
export type Operand = Tensor | number;

const binary = (kernel: string, a: Operand, b: Operand): Tensor => run(kernel, { a: tensorOf(a), b: tensorOf(b) });
const allAxes = ({ shape }: Tensor): number[] => shape.map((_, axis) => axis);
const tensorOf = (value: Operand): Tensor => (typeof value === 'number' ? scalar(value, 'float32') : value);

export const add = (a: Operand, b: Operand): Tensor => binary('Add', a, b);
export const sub = (a: Operand, b: Operand): Tensor => binary('Sub', a, b);
export const mul = (a: Operand, b: Operand): Tensor => binary('Multiply', a, b);
export const div = (a: Operand, b: Operand): Tensor => binary('RealDiv', a, b);
export const pow = (a: Operand, b: Operand): Tensor => binary('Pow', a, b);
export const minimum = (a: Operand, b: Operand): Tensor => binary('Minimum', a, b);

export const neg = (x: Tensor): Tensor => run('Neg', { x });
export const exp = (x: Tensor): Tensor => run('Exp', { x });
export const sqrt = (x: Tensor): Tensor => run('Sqrt', { x });
export const square = (x: Tensor): Tensor => run('Square', { x });
/** 1 where x is positive, `otherwise` elsewhere. */
export const step = (x: Tensor, otherwise = 0): Tensor => run('Step', { x }, { alpha: otherwise });

/** A new handle on the same values. */
export const clone = (x: Tensor): Tensor => run('Identity', { x });
export const cast = (x: Tensor, dtype: 'float32' | 'int32' | 'bool'): Tensor => run('Cast', { x }, { dtype });
export const zeros = (shape: readonly number[]): Tensor => fill(shape, 0);
export const ones = (shape: readonly number[]): Tensor => fill(shape, 1);
export const fill = (shape: readonly number[], value: number): Tensor =>
  run('Fill', {}, { shape, value, dtype: 'float32' });

/** The truth of a comparison (`Greater`, `Equal`, …) of a and b, element by element. */
export const compare = (kernel: string, a: Operand, b: Operand): Tensor => binary(kernel, a, b);
/** 1 where the comparison holds, 0 elsewhere. */
export const where = (kernel: string, a: Operand, b: Operand): Tensor => cast(compare(kernel, a, b), 'float32');
export const select = (condition: Tensor, t: Tensor, e: Tensor): Tensor => run('Select', { condition, t, e });

export const reshape = (x: Tensor, shape: readonly number[]): Tensor => run('Reshape', { x }, { shape });
export const transpose = (x: Tensor, perm: readonly number[]): Tensor => run('Transpose', { x }, { perm });
export const sum = (x: Tensor, axis: readonly number[], keepDims = false): Tensor =>
  run('Sum', { x }, { axis, keepDims });
/** The sum of all elements, `[1]`. */
export const total = (x: Tensor): Tensor => reshape(sum(x, allAxes(x)), [1]);
/** The mean of all elements, a scalar. */
export const mean = (x: Tensor): Tensor => runTaped('Mean', { x }, { axis: allAxes(x), keepDims: false });
/** Vectors, one behind the other. */
export const concat = (parts: readonly Tensor[]): Tensor => run('Concat', parts, { axis: 0 });
/** Where along the last axis the largest value is, the first of equal ones; int32. */
export const argMax = (x: Tensor): Tensor => run('ArgMax', { x }, { axis: x.rank - 1 });
export const tile = (x: Tensor, reps: readonly number[]): Tensor => run('Tile', { x }, { reps });
export const slice = (x: Tensor, begin: readonly number[], size: readonly number[]): Tensor =>
  run('Slice', { x }, { begin, size });
export const pad = (x: Tensor, paddings: readonly (readonly [before: number, after: number])[]): Tensor =>
  run('PadV2', { x }, { paddings, constantValue: 0 });
export const reverse = (x: Tensor, dims: readonly number[]): Tensor => run('Reverse', { x }, { dims });
export const matMul = (a: Tensor, b: Tensor, transposeA = false, transposeB = false): Tensor =>
  run('BatchMatMul', { a, b }, { transposeA, transposeB });
