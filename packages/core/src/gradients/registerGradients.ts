import { allGradients } from './allGradients.js';
import { registerEach } from './registerEach.js';

/**
 * Registers with tfjs-core how its kernels are differentiated, for every backend at once.
 *
 * tfjs-core by itself registers no gradients in Node, and several of those it ships are wrong or missing: running sums
 * along other axes than the last, maxima and squared differences of broadcast operands, products of a batch with one
 * matrix, average pooling with padding, mirrored padding, dilated convolutions, `einsum`, complex numbers and Fourier
 * transforms, cropped and turned images, sparse tensors. This set replaces whatever is registered, without a
 * warning; calling it again is harmless. `activateBackend` does so with those that the backend names.
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
  registerEach(allGradients());
}
