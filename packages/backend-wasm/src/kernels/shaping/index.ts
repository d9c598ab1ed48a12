import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  batchToSpaceNDConfig,
  broadcastArgsConfig,
  depthToSpaceConfig,
  diagConfig,
  expandDimsConfig,
  fillConfig,
  linSpaceConfig,
  onesLikeConfig,
  padV2Config,
  rangeConfig,
  reshapeConfig,
  spaceToBatchNDConfig,
  transposeConfig,
  zerosLikeConfig,
} from '../../generated/tfjsKernels.js';
import { withSetup } from '../defineKernel.js';
import { throughInt32 } from '../throughInt32.js';
import { concat, pack } from './Concat.js';
import { identity } from './Identity.js';
import { mirrorPad, padV2 } from './pad.js';
import { reverse } from './Reverse.js';
import { splitV } from './SplitV.js';
import { tile } from './Tile.js';
import { transpose } from './Transpose.js';
import { unpack } from './Unpack.js';

/** Making tensors, and changing their shape or order. */
export const shaping: readonly KernelConfig[] = [
  // Ours.
  concat,
  identity,
  mirrorPad,
  pack,
  // Some of tfjs's call its own ones.
  /* @__PURE__ */ withSetup(padV2, padV2Config),
  reverse,
  splitV,
  tile,
  /* @__PURE__ */ withSetup(transpose, transposeConfig),
  unpack,
  // tfjs's, compiled into its engine.
  /* @__PURE__ */ throughInt32(batchToSpaceNDConfig),
  broadcastArgsConfig,
  depthToSpaceConfig,
  diagConfig,
  expandDimsConfig,
  fillConfig,
  linSpaceConfig,
  onesLikeConfig,
  rangeConfig,
  reshapeConfig,
  /* @__PURE__ */ throughInt32(spaceToBatchNDConfig),
  zerosLikeConfig,
];
