import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  cropAndResizeConfig,
  flipLeftRightConfig,
  nonMaxSuppressionV3Config,
  nonMaxSuppressionV4Config,
  nonMaxSuppressionV5Config,
  resizeBilinearConfig,
  resizeBilinearGradConfig,
  resizeNearestNeighborConfig,
  resizeNearestNeighborGradConfig,
  rotateWithOffsetConfig,
} from '../../generated/tfjsKernels.js';
import { transform } from './Transform.js';

/** Images: resizing, cropping, turning, and choosing boxes. */
export const image: readonly KernelConfig[] = [
  cropAndResizeConfig,
  flipLeftRightConfig,
  nonMaxSuppressionV3Config,
  nonMaxSuppressionV4Config,
  nonMaxSuppressionV5Config,
  resizeBilinearConfig,
  resizeBilinearGradConfig,
  resizeNearestNeighborConfig,
  resizeNearestNeighborGradConfig,
  rotateWithOffsetConfig,
  transform,
];
