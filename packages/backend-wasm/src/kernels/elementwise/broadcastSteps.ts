import { sizeFromShape } from '../../generated/tfjsUtilities.js';

/** An axis of a result with broadcasting: its size, and how far the operands move along it, in elements. */
export type Axis = readonly [size: number, a: number, b: number];

/**
 * The axes of the result of two broadcast shapes, from the innermost; neighbours that both operands walk through evenly are
 * one, so that equal shapes have one axis, and a matrix with a row or a column has two.
 */
export function broadcastSteps(a: readonly number[], b: readonly number[], out: readonly number[]): Axis[] {
  const size = sizeFromShape(out as number[]);
  const [ofA, ofB] = [sizeFromShape(a as number[]), sizeFromShape(b as number[])];
  if (ofA === size && ofB === size) return [[size, 1, 1]];
  if (ofB === 1 && ofA === size) return [[size, 1, 0]];
  if (ofA === 1 && ofB === size) return [[size, 0, 1]];
  const axes: [number, number, number][] = [];
  let strideA = 1;
  let strideB = 1;
  for (let i = 1; i <= out.length; i++) {
    const length = out.at(-i)!;
    const [lengthA, lengthB] = [a.at(-i) ?? 1, b.at(-i) ?? 1];
    if (i > a.length) strideA = 0;
    if (i > b.length) strideB = 0;
    if (length === 1) continue;
    const [stepA, stepB] = [lengthA === 1 ? 0 : strideA, lengthB === 1 ? 0 : strideB];
    strideA *= lengthA;
    strideB *= lengthB;
    const before = axes.at(-1);
    if (before !== undefined && stepA === before[0] * before[1] && stepB === before[0] * before[2]) before[0] *= length;
    else axes.push([length, stepA, stepB]);
  }
  return axes.length === 0 ? [[1, 1, 1]] : axes;
}
