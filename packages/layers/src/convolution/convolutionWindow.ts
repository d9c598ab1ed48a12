import { optionTable, type Shape, ValueError } from '@espalier/core';
import { type KernelLayerOptions, kernelLayerOptions } from '../core/KernelLayer.js';
import { oneOf, positivePair } from '../options/checks.js';
import { type Padding, paddings, windowedSize } from './window.js';

/** How convolutions of images take their windows. A number stands for height and width alike. */
export interface ConvolutionWindowOptions {
  /** Height and width of the window. */
  readonly kernelSize: number | readonly [number, number];
  /** Default 1. */
  readonly strides?: number | readonly [number, number];
  /** `valid`: only whole windows. `same`: zeros around, so that stride 1 keeps height and width. Default `valid`. */
  readonly padding?: Padding;
  /** Steps between the points of a window. Default 1. */
  readonly dilationRate?: number | readonly [number, number];
}

/** The options of layers that slide a kernel over an image, as the base of their tables. */
export const convolutionOptions = /* @__PURE__ */ optionTable<
  KernelLayerOptions & ConvolutionWindowOptions,
  KernelLayerOptions
>(
  'KernelLayer',
  { kernelSize: 'integer|list!', strides: 'integer|list', padding: 'string', dilationRate: 'integer|list' },
  { base: kernelLayerOptions, later: { dataFormat: 'channels come last, always' } },
);

/** {@link ConvolutionWindowOptions} with pairs and defaults in place. */
export interface ConvolutionWindow {
  readonly kernelSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilationRate: readonly [number, number];
}

/** @throws ValueError where a size is not a positive integer, or strides and dilation are both above 1. */
export function convolutionWindow(options: ConvolutionWindowOptions, where: string): ConvolutionWindow {
  const strides = positivePair(options.strides ?? 1, 'strides', where);
  const dilationRate = positivePair(options.dilationRate ?? 1, 'dilationRate', where);
  if (Math.max(...strides) > 1 && Math.max(...dilationRate) > 1) {
    throw new ValueError({
      where,
      problem: 'strides and dilationRate cannot both be above 1',
      got: `strides ${strides.join(', ')} and dilationRate ${dilationRate.join(', ')}`,
    });
  }
  const kernelSize = positivePair(options.kernelSize, 'kernelSize', where);
  return { kernelSize, strides, padding: oneOf(options.padding ?? 'valid', paddings, 'padding', where), dilationRate };
}

const sides = ['height', 'width'] as const;

/** Height and width of what comes out of an image; null where they are not known. */
export function convolvedSize(image: Shape, window: ConvolutionWindow, where: string): [number | null, number | null] {
  const size = (axis: 0 | 1) => {
    const reach = (window.kernelSize[axis] - 1) * window.dilationRate[axis] + 1;
    return windowedSize(image[axis] ?? null, reach, window.strides[axis], window.padding, sides[axis], where);
  };
  return [size(0), size(1)];
}
