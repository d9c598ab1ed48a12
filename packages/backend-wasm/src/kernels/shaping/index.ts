import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  batchToSpaceNDConfig,
  broadcastArgsConfig,
  concatConfig,
  depthToSpaceConfig,
  diagConfig,
  expandDimsConfig,
  fillConfig,
  linSpaceConfig,
  mirrorPadConfig,
  onesLikeConfig,
  packConfig,
  padV2Config,
  rangeConfig,
  reshapeConfig,
  reverseConfig,
  spaceToBatchNDConfig,
  tileConfig,
  transposeConfig,
  zerosLikeConfig,
} from '../../generated/tfjsKernels.js';
import { identity } from './Identity.js';
import { splitV } from './SplitV.js';
import { unpack } from './Unpack.js';

/** Making tensors, and changing their shape or order. */
export const shaping: readonly KernelConfig[] = [
  // Ours.
  identity,
  splitV,
  unpack,
  // tfjs's, compiled into its engine.
  batchToSpaceNDConfig,
  broadcastArgsConfig,
  concatConfig,
  depthToSpaceConfig,
  diagConfig,
  expandDimsConfig,
  fillConfig,
  linSpaceConfig,
  mirrorPadConfig,
  onesLikeConfig,
  packConfig,
  padV2Config,
  rangeConfig,
  reshapeConfig,
  reverseConfig,
  spaceToBatchNDConfig,
  tileConfig,
  transposeConfig,
  zerosLikeConfig,
];
