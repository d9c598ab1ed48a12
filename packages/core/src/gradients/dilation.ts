import type { Tensor } from '@tensorflow/tfjs-core';
import { reshape, run } from './kernels.js';
import { type Margins, product } from './shapes.js';

/** The attributes that convolution kernels share. */
export interface ConvolutionAttrs {
  readonly strides: number | readonly number[];
  readonly pad: 'same' | 'valid' | number | Margins;
  readonly dataFormat?: string;
  readonly dilations?: number | readonly number[];
}

/** How one axis of the input is padded and dealt out: position i goes to batch i mod `rate`. */
export interface Fold {
  readonly axis: number;
  readonly rate: number;
  readonly before: number;
  readonly after: number;
  /** Positions at the end of the padded axis that no window starts at: they fill it up to a multiple of the rate. */
  readonly spare: number;
}

/**
 * The folds that turn a dilated convolution into a plain one without padding. The kernels that compute gradients do not
 * know dilation. But a filter whose taps lie `rate` apart sees only every `rate`-th position, so dealing the positions
 * into `rate` separate images leaves an ordinary convolution of each, with no arithmetic wasted.
 * Empty where nothing is dilated; strides are 1 otherwise.
 */
export function dilationFolds(
  shape: readonly number[],
  filterShape: readonly number[],
  { pad, dataFormat = 'NHWC', dilations = 1 }: ConvolutionAttrs,
): Fold[] {
  const spatial = shape.length - 2;
  const rates = Array.from({ length: spatial }, (_, i) => (typeof dilations === 'number' ? dilations : dilations[i]!));
  if (rates.every((rate) => rate === 1)) return [];
  const first = dataFormat.startsWith('NC') ? 2 : 1;
  return rates.map((rate, i) => {
    const axis = first + i;
    const span = (filterShape[i]! - 1) * rate;
    const before = pad === 'same' ? Math.floor(span / 2) : paddingOf(pad, axis, 0);
    const after = pad === 'same' ? span - before : paddingOf(pad, axis, 1);
    const padded = shape[axis]! + before + after;
    const spare = Math.ceil(padded / rate) * rate - padded;
    return { axis, rate, before, after: after + spare, spare };
  });
}

const paddingOf = (pad: Exclude<ConvolutionAttrs['pad'], 'same'>, axis: number, side: 0 | 1): number =>
  pad === 'valid' ? 0 : typeof pad === 'number' ? pad : pad[axis]![side];

/** Deals out the input, or (with `asOutput`) the output, which has no padding but the same spare positions. */
export const fold = (x: Tensor, folds: readonly Fold[], asOutput = false): Tensor =>
  folds.reduce((t, { axis, rate, before, after, spare }) => {
    const margins = asOutput ? [0, spare] : [before, after];
    const folded = run(
      'SpaceToBatchND',
      { x: aroundAxis(t, axis) },
      { blockShape: [1, rate], paddings: [[0, 0], margins] },
    );
    return reshape(folded, [folded.shape[0]!, ...t.shape.slice(1, axis), folded.shape[2]!, ...t.shape.slice(axis + 1)]);
  }, x);

/** The shape of the input once it is folded. */
export const foldedShape = (shape: readonly number[], folds: readonly Fold[]): number[] =>
  folds.reduce(
    (now, { axis, rate, before, after }) =>
      now.map((size, i) => (i === 0 ? size * rate : i === axis ? (size + before + after) / rate : size)),
    [...shape],
  );

/** Puts a folded input back together and drops its padding. */
export const unfold = (x: Tensor, folds: readonly Fold[]): Tensor =>
  folds.reduceRight((t, { axis, rate, before, after }) => {
    const crops = [
      [0, 0],
      [before, after],
    ];
    const whole = run('BatchToSpaceND', { x: aroundAxis(t, axis) }, { blockShape: [1, rate], crops });
    return reshape(whole, [whole.shape[0]!, ...t.shape.slice(1, axis), whole.shape[2]!, ...t.shape.slice(axis + 1)]);
  }, x);

/** Batch, everything between, the axis, everything after: the kernels that fold want few axes. */
const aroundAxis = (x: Tensor, axis: number): Tensor =>
  reshape(x, [x.shape[0]!, product(x.shape.slice(1, axis)), x.shape[axis]!, product(x.shape.slice(axis + 1))]);
