import { Rng } from '@espalier/core';
import { type Tensor, tensor } from '@tensorflow/tfjs-core';

/** One case of the gradient table: a function that runs `kernel`, and the point at which to differentiate it. */
export interface GradientRow {
  /** The kernel whose gradient is under test; the test fails if `f` does not run it. */
  readonly kernel: string;
  readonly name: string;
  /** The operation of tfjs-core, where the kernel does not tell. */
  readonly op?: string;
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly inputs: () => Tensor[];
  /** See `FiniteDifferenceOptions`; 1e-2 by default. */
  readonly step?: number;
  /** The largest relative error; 2e-3 by default, for curvature of order 1 at the default step. */
  readonly tolerance?: number;
  /** The backends whose forward kernel cannot be checked, each with the reason. */
  readonly lacking?: Readonly<Record<string, string>>;
}

/**
 * Options for a function that is linear in each element over the whole step: no curvature, so that only float32
 * rounding is left, which a large step makes small.
 */
export const linear = { step: 0.5, tolerance: 2e-5 } as const;

/** Options for a function that is linear between kinks, with values from {@link distinct}. */
export const piecewise = { step: 0.04, tolerance: 1e-4 } as const;

let seed = 1;

/** Evenly spread random values. */
export const random = (shape: number[], min = -1, max = 1): Tensor =>
  tensor(new Rng(seed++).uniform(size(shape), min, max), shape, 'float32');

/** Values at least 0.1 apart and 0.05 from zero, in random order: no step of 0.04 changes which is the larger. */
export const distinct = (shape: number[]): Tensor => {
  const n = size(shape);
  const order = new Rng(seed++).permutation(n);
  return tensor(
    Float32Array.from(order, (rank) => (rank - Math.floor(n / 2)) * 0.1 + 0.05),
    shape,
    'float32',
  );
};

export const ints = (values: number[], shape: number[] = [values.length]): Tensor => tensor(values, shape, 'int32');

const size = (shape: number[]): number => shape.reduce((a, b) => a * b, 1);
