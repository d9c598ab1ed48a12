import { engine, getBackend, getKernel, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { mul, run, slice, pad as withMargins, zeros } from './kernels.js';
import type { Margins } from './shapes.js';

/** The attributes that pooling kernels share. */
export interface PoolAttrs {
  readonly filterSize: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly pad: 'same' | 'valid' | number | Margins;
}

const at = (sizes: number | readonly number[], i: number): number => (typeof sizes === 'number' ? sizes : sizes[i]!);

/**
 * The gradient of average pooling. The mean over a window at the border leaves the padding out of the count, but the
 * kernels of tfjs divide by the size of the whole window. So with padding the gradient is weighted with the ratio of the
 * two, which varies along each axis by itself, and sent back to a padded input, where no window crosses a border.
 */
export function averagePoolBack(kernel: string, dy: Tensor, x: Tensor, attrs: PoolAttrs): Tensor {
  const { filterSize, strides, pad } = attrs;
  // A kernel with the right count, for both ranks; the tape does not know it.
  if (engine().state.gradientDepth === 0 && getKernel('AveragePoolGrad', getBackend()) !== undefined) {
    return run('AveragePoolGrad', { dy, input: x }, attrs);
  }
  if (pad === 'valid' || pad === 0) return run(kernel, { dy, input: x }, attrs);
  const before = x.shape.map(() => 0);
  const padded = [...x.shape];
  let weighted = dy;
  for (let axis = 1; axis < x.rank - 1; axis++) {
    const [size, windows] = [x.shape[axis]!, dy.shape[axis]!];
    const [window, stride] = [at(filterSize, axis - 1), at(strides, axis - 1)];
    const end = (windows - 1) * stride + window;
    // In three dimensions the padding of windows that leave gaps is negative: the first begins behind the first element.
    const least = x.rank === 5 ? Number.NEGATIVE_INFINITY : 0;
    const first =
      pad === 'same' ? Math.floor(Math.max(end - size, least) / 2) : typeof pad === 'number' ? pad : pad[axis]![0];
    const ratios = Array.from({ length: windows }, (_, i) => {
      const start = i * stride - first;
      return window / (Math.min(start + window, size) - Math.max(start, 0));
    });
    before[axis] = first;
    padded[axis] = Math.max(end, first + size);
    weighted = mul(
      weighted,
      tensor(
        ratios,
        dy.shape.map((_, i) => (i === axis ? windows : 1)),
      ),
    );
  }
  const dx = run(kernel, { dy: weighted, input: zeros(padded) }, { ...attrs, pad: 'valid' });
  const skipped = before.map((first) => Math.max(-first, 0));
  const margins = withMargins(
    dx,
    skipped.map((size) => [size, 0]),
  );
  return slice(
    margins,
    before.map((first) => Math.max(first, 0)),
    x.shape,
  );
}
