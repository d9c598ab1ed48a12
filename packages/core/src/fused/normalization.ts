import { add, mean as meanOf, mul, reshape, rsqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import { requireShape } from '../errors/requireShape.js';
import { fused } from './fused.js';

/** What a kernel that normalises takes. */
export type NormalizationInputs = { readonly x: Tensor; readonly gamma?: Tensor; readonly beta?: Tensor };

/**
 * The input with scale and offset, those that there are.
 * @throws ShapeError where one of them is not a number for each channel of `x`, the last axis, or there is no such axis.
 */
export function parametersOf(
  where: string,
  x: Tensor,
  gamma: Tensor | undefined,
  beta: Tensor | undefined,
): NormalizationInputs {
  if (x.rank === 0) {
    throw new ShapeError({ where, problem: 'there is nothing to normalise', expected: 'x […, channels]', got: '[]' });
  }
  const channels = x.shape.slice(-1);
  requireShape(where, 'gamma', gamma, channels);
  requireShape(where, 'beta', beta, channels);
  return { x, ...(gamma === undefined ? {} : { gamma }), ...(beta === undefined ? {} : { beta }) };
}

/** `x gamma + beta`, each where there is one. */
export function scaleAndShift(x: Tensor, gamma: Tensor | undefined, beta: Tensor | undefined): Tensor {
  const scaled = gamma === undefined ? x : mul(x, gamma);
  return beta === undefined ? scaled : add(scaled, beta);
}

/** What the normalisations by example differ in. */
export interface Spans {
  readonly where: string;
  /** How many groups share out the channels. */
  readonly groups: number;
  /** How many axes at the end are normalised together, the channels included. */
  readonly axes: number;
  readonly epsilon: number;
  /** Divide by the root of the mean square, and leave the mean where it is. */
  readonly rms: boolean;
}

/**
 * Normalises groups of channels over the last axes; the channels are the last of them.
 * @throws ShapeError where `gamma` or `beta` is not a number for each channel.
 */
export function normalizeSpans(x: Tensor, gamma: Tensor | undefined, beta: Tensor | undefined, spans: Spans): Tensor {
  const { where, groups, axes, epsilon, rms } = spans;
  return fused({
    kernel: 'GroupNormalization',
    inputs: parametersOf(where, x, gamma, beta),
    attrs: { groups, axes, epsilon, rms },
    composed: (inputs) => scaleAndShift(composed(inputs.x, spans), inputs.gamma, inputs.beta),
  });
}

/** x without its mean, taken off twice: the first mean is rounded to float32, which is much where it is large. */
export function center(x: Tensor, axes: number[]): Tensor {
  const near = sub(x, meanOf(x, axes, true));
  return sub(near, meanOf(near, axes, true));
}

function composed(x: Tensor, { groups, axes, epsilon, rms }: Spans): Tensor {
  const lead = x.shape.slice(0, x.shape.length - axes);
  const channels = x.shape[x.shape.length - 1]!;
  const positions = x.shape.slice(lead.length, -1).reduce((product, size) => product * size, 1);
  const batch = lead.reduce((product, size) => product * size, 1);
  const grouped = reshape(x, [batch, positions, groups, groups === 0 ? 0 : channels / groups]);
  const centered = rms ? grouped : center(grouped, [1, 3]);
  const inverse = rsqrt(add(meanOf(square(centered), [1, 3], true), epsilon));
  return reshape(mul(centered, inverse), x.shape);
}
