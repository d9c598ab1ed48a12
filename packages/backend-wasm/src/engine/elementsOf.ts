import { BackendError, ShapeError } from '@espalier/core';

/** Kernels count in 31 bits. */
const MOST_ELEMENTS = 2 ** 31 - 1;

/**
 * How many elements a new tensor has. Kernels count on no size being negative, as that of a window beyond its input is, and
 * on there being no more elements than they can count.
 */
export function elementsOf(kernel: string, shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) {
    if (!(length >= 0)) {
      throw new ShapeError({
        where: kernel,
        problem: 'an axis of the result has a negative length',
        expected: 'a window, with its dilation, no longer than the padded input',
        got: `[${shape}]`,
        mend: "pad the input, or use padding 'same' or a smaller window",
      });
    }
    size *= length;
  }
  if (size <= MOST_ELEMENTS) return size;
  throw new BackendError({
    where: kernel,
    problem: 'a tensor has more elements than the WASM engine counts',
    expected: `at most ${MOST_ELEMENTS}`,
    got: `${size}, of shape [${shape}]`,
    mend: 'use a smaller batch',
  });
}
