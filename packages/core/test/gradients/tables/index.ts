import type { GradientRow } from '../GradientRow.js';
import { elementwise } from './elementwise.js';
import { images } from './images.js';
import { linearOperations } from './linear.js';
import { reductions } from './reductions.js';
import { shaping } from './shaping.js';

export const rows: readonly GradientRow[] = [...elementwise, ...images, ...linearOperations, ...reductions, ...shaping];
