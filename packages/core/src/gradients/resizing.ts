import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { matMul, mul, ones, reshape, run } from './kernels.js';

interface ResizeAttrs {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly size: readonly [number, number];
}

/**
 * The matrix by which resizing maps an axis of length `from` to one of length `to`: what the kernel itself makes of the
 * unit vectors.
 */
function resizeMatrix(kernel: string, from: number, to: number, attrs: ResizeAttrs): Tensor {
  const eye = run('Diag', { x: ones([from]) });
  const images = reshape(eye, [1, from, 1, from]);
  return reshape(run(kernel, { images }, { ...attrs, size: [to, 1] }), [to, from]);
}

/** Resizing acts on rows and columns by one matrix each; the gradient multiplies with their transposes. */
function resizeBack(kernel: string, images: Tensor, dy: Tensor, attrs: ResizeAttrs): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const [newHeight, newWidth] = attrs.size;
  const rows = resizeMatrix(kernel, height, newHeight, attrs);
  const columns = resizeMatrix(kernel, width, newWidth, attrs);
  const narrowed = matMul(columns, reshape(dy, [batch * newHeight, newWidth, channels]), true);
  return reshape(matMul(rows, reshape(narrowed, [batch, newHeight, width * channels]), true), images.shape);
}

/** Resizing of images. */
export const resizing = (): Gradient[] => [
  {
    kernelName: 'ResizeBilinear',
    inputsToSave: ['images'],
    gradFunc: (dy: Tensor, [images]: [Tensor], attrs: ResizeAttrs) => ({
      images: () =>
        // The kernel takes the corners for the origin, whatever its attributes say.
        attrs.halfPixelCenters
          ? resizeBack('ResizeBilinear', images, dy, attrs)
          : // Shaped anew because tfjs's CPU backend swaps height and width in the shape, though not in the values.
            reshape(run('ResizeBilinearGrad', { images, dy }, attrs), images.shape),
    }),
  },
  {
    kernelName: 'ResizeNearestNeighbor',
    inputsToSave: ['images'],
    gradFunc: (dy: Tensor, [images]: [Tensor], attrs: ResizeAttrs) => ({
      images: () => {
        const [y, x] = [attrs.size[0] / images.shape[1]!, attrs.size[1] / images.shape[2]!];
        if (attrs.alignCorners || !Number.isInteger(y) || !Number.isInteger(x)) {
          return resizeBack('ResizeNearestNeighbor', images, dy, attrs);
        }
        // Each value was copied to a whole block: the sum over it is its mean times its size.
        const means = run('AvgPool', { x: dy }, { filterSize: [y, x], strides: [y, x], pad: 'valid' });
        return mul(means, y * x);
      },
    }),
  },
];
