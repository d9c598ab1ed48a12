import type { KernelConfig } from '@tensorflow/tfjs-core';
import {
  acosConfig,
  acoshConfig,
  addNConfig,
  asinConfig,
  asinhConfig,
  atan2Config,
  atanConfig,
  atanhConfig,
  bitwiseAndConfig,
  ceilConfig,
  coshConfig,
  expm1Config,
  floorConfig,
  isFiniteConfig,
  isInfConfig,
  isNaNConfig,
  logicalAndConfig,
  logicalNotConfig,
  logicalOrConfig,
  logicalXorConfig,
  roundConfig,
  selectConfig,
  sinhConfig,
} from '../../generated/tfjsKernels.js';
import { throughFloat32 } from '../throughFloat32.js';
import { throughInt32 } from '../throughInt32.js';
import { binaries } from './binary.js';
import { cast } from './Cast.js';
import { prelu } from './Prelu.js';
import { unaries } from './unary.js';
import { wholeNumbers } from './wholeNumbers.js';

/** Functions of one or two elements. */
export const elementwise: readonly KernelConfig[] = [
  // Ours.
  cast,
  prelu,
  ...binaries,
  ...unaries,
  ...wholeNumbers,
  // tfjs's, compiled into its engine.
  /* @__PURE__ */ throughFloat32(acosConfig),
  /* @__PURE__ */ throughFloat32(acoshConfig),
  addNConfig,
  /* @__PURE__ */ throughFloat32(asinConfig),
  /* @__PURE__ */ throughFloat32(asinhConfig),
  /* @__PURE__ */ throughFloat32(atanConfig),
  /* @__PURE__ */ throughFloat32(atan2Config),
  /* @__PURE__ */ throughFloat32(atanhConfig),
  bitwiseAndConfig,
  ceilConfig,
  coshConfig,
  /* @__PURE__ */ throughFloat32(expm1Config),
  floorConfig,
  /* @__PURE__ */ throughFloat32(isFiniteConfig),
  /* @__PURE__ */ throughFloat32(isInfConfig),
  /* @__PURE__ */ throughFloat32(isNaNConfig),
  logicalAndConfig,
  logicalNotConfig,
  logicalOrConfig,
  logicalXorConfig,
  /* @__PURE__ */ throughInt32(roundConfig),
  /* @__PURE__ */ throughInt32(selectConfig),
  /* @__PURE__ */ throughFloat32(sinhConfig),
];
