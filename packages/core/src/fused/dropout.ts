import {
  customGrad,
  engine,
  getBackend,
  getKernel,
  mul,
  type NamedAttrMap,
  type Tensor,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';
import { asType } from './asType.js';

/** What {@link dropout} takes. */
export interface DropoutAttributes {
  /** The probability that an element is dropped, in [0, 1). */
  readonly rate: number;
  /** Two whole numbers from 0 to 2^32 - 1 that decide which elements are dropped. */
  readonly seed: readonly [number, number];
}

/** Spreads the bits of a 32-bit integer (the finaliser of MurmurHash3). */
function mix(x: number): number {
  const a = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}

/** 0 or `scale` for each of `size` elements; the kernel of the WASM engine makes the same. */
function dropoutMask(size: number, { rate, seed: [low, high] }: DropoutAttributes): Float32Array {
  const least = Math.floor(rate * 2 ** 32);
  const scale = 1 / (1 - rate);
  return Float32Array.from({ length: size }, (_, i) => (mix(mix(i ^ low) + high) >>> 0 < least ? 0 : scale));
}

/**
 * Sets each element to 0 with probability `rate` and multiplies the rest by 1 / (1 - rate), so that the mean stays.
 *
 * Whether the element with index i (row-major) is dropped depends on `seed` and i alone: it is where
 * mix(mix(i ^ seed[0]) + seed[1]) < rate · 2^32, in 32-bit integers, with MurmurHash3's finaliser as mix. The mask is the same on every
 * backend, and the gradient makes it again rather than keep it.
 * Srivastava et al. 2014, "Dropout: a simple way to prevent neural networks from overfitting".
 *
 * @throws ValueError where `rate` is outside [0, 1).
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { dropout, activateBackend } from '@espalier/core';
 * import { ones } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const values = dropout(ones([1000]), { rate: 0.5, seed: [1, 2] }).dataSync();
 * const kept = values.filter((value) => value === 2).length;
 * if (kept < 400 || kept > 600) throw new Error('not half of them');
 * ```
 */
export function dropout(x: Tensor, attributes: DropoutAttributes): Tensor {
  if (!(attributes.rate >= 0 && attributes.rate < 1)) {
    throw new ValueError({
      where: 'dropout',
      problem: 'rate is out of range',
      expected: '[0, 1)',
      got: `${attributes.rate}`,
    });
  }
  if (x.dtype !== 'float32') return tidy(() => dropout(asType(x, 'float32'), attributes));
  const run = (given: Tensor): Tensor =>
    getKernel('Dropout', getBackend()) === undefined
      ? mul(given, tensor(dropoutMask(given.size, attributes), given.shape))
      : engine().runKernel<Tensor>('Dropout', { x: given }, attributes as unknown as NamedAttrMap);
  return customGrad((given) => ({
    value: run(given as Tensor),
    gradFunc: (dy: Tensor) => dropout(dy, attributes),
  }))(x);
}
