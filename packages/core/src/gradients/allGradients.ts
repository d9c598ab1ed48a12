import { activations } from './activations.js';
import { biasActivations } from './biasActivation.js';
import { complexNumbers } from './complex.js';
import { convolutions } from './convolution.js';
import { cutting } from './cutting.js';
import { einsum } from './einsum.js';
import { elementwiseBinary } from './elementwiseBinary.js';
import { elementwiseUnary } from './elementwiseUnary.js';
import type { Gradient } from './Gradient.js';
import { indexing } from './indexing.js';
import { matMul } from './matMul.js';
import { normalisation } from './normalisation.js';
import { pooling } from './pooling.js';
import { reductions } from './reductions.js';
import { resizing } from './resizing.js';
import { sampling } from './sampling.js';
import { scans } from './scans.js';
import { shaping } from './shaping.js';
import { softmax } from './softmax.js';
import { sparse } from './sparse.js';
import { zeros } from './zeros.js';

/** Every gradient of this package: what a backend names that runs every kernel. */
export const allGradients = (): Gradient[] => [
  ...activations(),
  ...biasActivations(),
  ...complexNumbers(),
  ...convolutions(),
  ...cutting(),
  ...einsum(),
  ...elementwiseBinary(),
  ...elementwiseUnary(),
  ...indexing(),
  ...matMul(),
  ...normalisation(),
  ...pooling(),
  ...reductions(),
  ...resizing(),
  ...sampling(),
  ...scans(),
  ...shaping(),
  ...softmax(),
  ...sparse(),
  ...zeros(),
];
