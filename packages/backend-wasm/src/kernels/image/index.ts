import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  cropAndResizeConfig,
  flipLeftRightConfig,
  nonMaxSuppressionV3Config,
  nonMaxSuppressionV4Config,
  nonMaxSuppressionV5Config,
  resizeBilinearConfig,
  resizeBilinearGradConfig,
  resizeNearestNeighborGradConfig,
} from '../../generated/tfjsKernels.js';
import { resizeNearestNeighbor } from './ResizeNearestNeighbor.js';
import { rotateWithOffset } from './RotateWithOffset.js';
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
  resizeNearestNeighbor,
  resizeNearestNeighborGradConfig,
  rotateWithOffset,
  transform,
];
