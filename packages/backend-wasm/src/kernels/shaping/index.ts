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
import { throughInt32 } from '../throughInt32.js';
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
  throughInt32(batchToSpaceNDConfig),
  broadcastArgsConfig,
  concatConfig,
  depthToSpaceConfig,
  diagConfig,
  expandDimsConfig,
  fillConfig,
  linSpaceConfig,
  throughInt32(mirrorPadConfig),
  onesLikeConfig,
  packConfig,
  throughInt32(padV2Config),
  rangeConfig,
  reshapeConfig,
  throughInt32(reverseConfig),
  throughInt32(spaceToBatchNDConfig),
  throughInt32(tileConfig),
  throughInt32(transposeConfig),
  zerosLikeConfig,
];
