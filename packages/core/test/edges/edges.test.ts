import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  BinaryCrossentropy,
  batchNormalization,
  CategoricalCrossentropy,
  euclideanNorm,
  frozenBatchNormalization,
  gelu,
  layerNormalization,
  logSoftmax,
  logSumExp,
  moments,
  rmsNormalization,
  SparseCategoricalCrossentropy,
  silu,
} from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

interface Packed {
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** One number where all are the same. */
  readonly values: Written | readonly Written[];
}
type Written = number | 'NaN' | 'Infinity' | '-Infinity';

interface EdgeCase {
  readonly op: string;
  readonly inputs: readonly number[];
  readonly args: readonly unknown[];
  readonly expected: number;
  readonly tolerance: number;
  readonly absolute: number;
}

const golden = JSON.parse(readFileSync(new URL('../../../../parity/golden/edges.json', import.meta.url), 'utf8')) as {
  tensors: Packed[];
  cases: EdgeCase[];
};

type Operation = (...args: unknown[]) => tf.Tensor;
const operation = (run: (...args: never[]) => tf.Tensor): Operation => run as unknown as Operation;

/** What is not a function of tfjs under the same name. */
const others: Record<string, Operation> = {
  castInt: operation((x: tf.Tensor) => tf.cast(x, 'int32')),
  castBool: operation((x: tf.Tensor) => tf.cast(x, 'bool')),
  castFloat: operation((x: tf.Tensor) => tf.cast(x, 'float32')),
  topkValues: operation((x: tf.Tensor, k: number) => tf.topk(x, k).values),
  topkIndices: operation((x: tf.Tensor, k: number) => tf.topk(x, k).indices),
  uniqueValues: operation((x: tf.Tensor) => tf.unique(x).values),
  variance: operation((x: tf.Tensor, axis: number) => moments(x, axis).variance),
  momentsMean: operation((x: tf.Tensor, axis: number) => moments(x, axis).mean),
  stack: operation((a: tf.Tensor, b: tf.Tensor) => tf.stack([a, b])),
  concat: operation((a: tf.Tensor, b: tf.Tensor) => tf.concat([a, b])),
  batchNormalization: operation((x: tf.Tensor) => batchNormalization(x)),
  frozenBatchNormalization: operation((x: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor) =>
    frozenBatchNormalization(x, { mean, variance }),
  ),
  layerNormalization: operation((x: tf.Tensor) => layerNormalization(x)),
  rmsNormalization: operation((x: tf.Tensor) => rmsNormalization(x)),
  logSoftmax: operation((x: tf.Tensor) => logSoftmax(x)),
  // tfjs-core composes its own from kernels, so no backend can mend them.
  logSumExp: operation((x: tf.Tensor, axis?: number) => logSumExp(x, axis)),
  euclideanNorm: operation((x: tf.Tensor, axis: number) => euclideanNorm(x, axis)),
  gelu: operation((x: tf.Tensor) => gelu(x)),
  resizeBilinear: operation((x: tf.Tensor4D, size: [number, number]) => tf.image.resizeBilinear(x, size)),
  resizeNearestNeighbor: operation((x: tf.Tensor4D, size: [number, number]) => tf.image.resizeNearestNeighbor(x, size)),
  silu: operation((x: tf.Tensor) => silu(x)),
  powOfExponent: operation((exponent: tf.Tensor, base: tf.Tensor) => tf.pow(base, exponent)),
  divisor: operation((b: tf.Tensor, a: tf.Tensor) => tf.div(a, b)),
  softmaxFirst: operation((x: tf.Tensor) => tf.mul(tf.softmax(x), [1, 2, -1, 0.5])),
  logSoftmaxFirst: operation((x: tf.Tensor) => tf.mul(logSoftmax(x), [1, 2, -1, 0.5])),
  logSumExpFirst: operation((x: tf.Tensor) => logSumExp(x, -1)),
  layerNormalizationFirst: operation((x: tf.Tensor) => tf.mul(layerNormalization(x), [1, 2, -1, 0.5])),
  categoricalOfLogits: operation((x: tf.Tensor, t: tf.Tensor, labelSmoothing: number) =>
    new CategoricalCrossentropy({ fromLogits: true, labelSmoothing }).values(t, x),
  ),
  binaryOfLogits: operation((x: tf.Tensor, t: tf.Tensor, labelSmoothing: number) =>
    new BinaryCrossentropy({ fromLogits: true, labelSmoothing }).values(t, x),
  ),
  sparseOfLogits: operation((x: tf.Tensor, t: tf.Tensor) =>
    new SparseCategoricalCrossentropy({ fromLogits: true }).values(t, x),
  ),
  meanOfSines: operation((how: tf.Tensor) => {
    const [count, shift] = how.dataSync() as unknown as [number, number];
    return tf.mean(tf.tensor1d(Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) + shift)));
  }),
  unitVector: operation((x: tf.Tensor) => tf.divNoNan(x, euclideanNorm(x, -1, true))),
  bincount: operation((x: tf.Tensor1D, weights: tf.Tensor1D, size: number) => tf.bincount(x, weights, size)),
  bincountInt: operation((x: tf.Tensor1D, weights: tf.Tensor1D, size: number) => tf.bincount(x, weights, size)),
  filterOfConv2d: operation((filter: tf.Tensor4D, x: tf.Tensor4D) => tf.conv2d(x, filter, 1, 'same')),
  filterOfDepthwise: operation((filter: tf.Tensor4D, x: tf.Tensor4D) => tf.depthwiseConv2d(x, filter, 1, 'same')),
};
function find(name: string): Operation {
  const derived = /^gradient (.*)/.exec(name)?.[1];
  if (derived === undefined) return others[name] ?? (tf as unknown as Record<string, Operation>)[name]!;
  return (...given) => {
    const rest = given.slice(1);
    return tf.grad((x) => find(derived)(x, ...rest))(given[0] as tf.Tensor);
  };
}

function valuesOf({ shape, values }: Packed): number[] {
  const size = shape.reduce((a, b) => a * b, 1);
  const list = Array.isArray(values) ? (values as Written[]) : Array.from({ length: size }, () => values as Written);
  return list.map(Number);
}

const tensorOf = (packed: Packed): tf.Tensor => tf.tensor(valuesOf(packed), packed.shape, packed.dtype);

/** The smallest normal number: below it operations may answer with 0. */
const TINY = 2 ** -126;

function expectAlike(
  got: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
  absolute: number,
  about: (i: number) => string,
) {
  expect(got.length).toBe(expected.length);
  const wrong: string[] = [];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [got[i]!, expected[i]!];
    if (Object.is(a, b) || a === b) continue;
    if (Math.abs(a - b) <= tolerance * Math.abs(b) + absolute + TINY) continue;
    wrong.push(`${about(i)}: got ${a}, expected ${b}`);
  }
  expect(wrong.slice(0, 12).join('; ')).toBe('');
}

describe.each([
  ['cpu', cpu],
  ['wasm, 1 thread', () => wasm({ threads: 1 })],
  ['wasm, 2 threads', () => wasm({ threads: 2 })],
] as const)('operations at their edges, on %s', (_, backend) => {
  beforeAll(async () => {
    await activateBackend(backend());
  });

  test.each(golden.cases.map((one, i) => [`${i} ${one.op}`, one] as const))('%s', (_name, one) => {
    const inputs = one.inputs.map((place) => golden.tensors[place]!);
    const expected = golden.tensors[one.expected]!;
    const args = one.args.map((arg) => (typeof arg === 'string' && /^-?Infinity$/.test(arg) ? Number(arg) : arg));
    tf.tidy(() => {
      const got = find(one.op)(...inputs.map(tensorOf), ...args);
      expect(got.shape).toEqual(expected.shape);
      expect(got.dtype).toBe(expected.dtype);
      const lists = inputs.map(valuesOf);
      expectAlike(got.dataSync() as Float32Array, valuesOf(expected), one.tolerance, one.absolute, (i) =>
        lists.every((list) => list.length === lists[0]!.length) ? `f(${lists.map((list) => list[i])})` : `[${i}]`,
      );
    });
  });

  test.each([
    ['div', () => tf.div(tf.tensor1d([7], 'int32'), tf.tensor1d([0], 'int32'))],
    ['floorDiv', () => tf.floorDiv(tf.tensor1d([1, 2], 'int32'), tf.tensor1d([1, 0], 'int32'))],
    ['mod', () => tf.mod(tf.tensor1d([7], 'int32'), tf.scalar(0, 'int32'))],
    ['max', () => tf.max(tf.tensor1d([]))],
    ['min', () => tf.min(tf.zeros([2, 0], 'int32'), 1)],
    ['argMax', () => tf.argMax(tf.zeros([2, 0]), 1)],
    ['argMin', () => tf.argMin(tf.tensor1d([]))],
  ])('%s of what has no answer is refused', (_name, run) => {
    expect(() => tf.tidy(run)).toThrow(expect.objectContaining({ name: 'ValueError' }));
  });
});
