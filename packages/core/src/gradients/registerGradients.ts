import { type GradConfig, getGradient, registerGradient, unregisterGradient } from '@tensorflow/tfjs-core';
import { activations } from './activations.js';
import { biasActivations } from './biasActivation.js';
import { complexNumbers } from './complex.js';
import { byParts } from './complexGradient.js';
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

/** Every gradient of this package. */
export const allGradients = (): Gradient[] =>
  [
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
  ].map(byParts);

/**
 * Registers with tfjs-core how its kernels are differentiated, for every backend at once.
 *
 * tfjs-core by itself registers no gradients in Node, and several of those it ships are wrong or missing: running sums
 * along other axes than the last, maxima and squared differences of broadcast operands, products of a batch with one
 * matrix, average pooling with padding, mirrored padding, dilated convolutions, `einsum`, complex numbers and Fourier
 * transforms, cropped and turned images, sparse tensors. This set replaces whatever is registered, without a
 * warning; calling it again is harmless. {@link activateBackend} calls it.
 *
 * A complex tensor z has the gradient ∂L/∂Re z + i ∂L/∂Im z of a real loss L. Not differentiable: `batchNorm` without
 * `offset` or `scale` (the tape fails on the missing input before it reaches a gradient: pass zeros and ones), and the
 * matrices of `image.transform`.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { registerGradients } from '@espalier/core';
 * import { cumsum, grad, tensor } from '@tensorflow/tfjs-core';
 *
 * await cpu().activate();
 * registerGradients();
 * const slope = grad((x) => cumsum(x, 0))(tensor([5, 6, 7]));
 * if (`${slope.dataSync()}` !== '3,2,1') throw new Error('the first element is part of all three sums, the last of one');
 * ```
 */
export function registerGradients(): void {
  for (const gradient of allGradients()) {
    // tfjs-core warns of a replaced gradient in debug mode, unless it was taken out first.
    if (getGradient(gradient.kernelName)) unregisterGradient(gradient.kernelName);
    registerGradient(gradient as GradConfig);
  }
}
