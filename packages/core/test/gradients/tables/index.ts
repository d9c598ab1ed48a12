import type { GradientRow } from '../GradientRow.js';
import { composed } from './composed.js';
import { elementwise } from './elementwise.js';
import { images } from './images.js';
import { linearOperations } from './linear.js';
import { reductions } from './reductions.js';
import { sampling } from './sampling.js';
import { shaping } from './shaping.js';
import { sparse } from './sparse.js';
import { spectral } from './spectral.js';

export const rows: readonly GradientRow[] = [
  ...elementwise,
  ...images,
  ...linearOperations,
  ...reductions,
  ...shaping,
  ...sampling,
  ...sparse,
  ...spectral,
  ...composed,
];
