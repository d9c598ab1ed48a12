import {
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  Conv3DBackpropFilterV2,
  Conv3DBackpropInputV2,
  concat,
  conv2d,
  conv3d,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  depthwiseConv2d,
  engine,
  fill,
  fused,
  type NamedAttrMap,
  type NamedTensorMap,
  split,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectClose, expectSame, numbers, on, useWasm } from './both.js';

beforeAll(useWasm);

const count = (shape: readonly number[]) => shape.reduce((x, y) => x * y, 1);
const make = (shape: number[], seed: number) => tensor(numbers(count(shape), seed), shape);
const run = (kernel: string, inputs: NamedTensorMap, attrs: object) =>
  engine().runKernel<Tensor>(kernel, inputs, attrs as NamedAttrMap);

/** d/dx of sum(dy * f(x)) by central differences, in float64 outside f. */
function finiteDifferences(f: (x: Float32Array) => Float32Array, x: Float32Array, dy: Float32Array): number[] {
  const step = 0.5;
  return Array.from(x, (_, i) => {
    const at = (delta: number) => {
      const moved = x.slice();
      moved[i]! += delta;
      return f(moved).reduce((sum, value, j) => sum + value * dy[j]!, 0);
    };
    return (at(step) - at(-step)) / (2 * step);
  });
}

interface Case {
  x: number[];
  filter: number[];
  strides: [number, number];
  dilations: [number, number];
  pad: 'same' | 'valid' | [[number, number], [number, number], [number, number], [number, number]];
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    size: fc.tuple(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 9 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    channels: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 9 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.constantFrom<[number, number]>([1, 1], [1, 1], [2, 1], [2, 2]),
    pad: fc.constantFrom<Case['pad']>('same', 'valid', [
      [0, 0],
      [1, 0],
      [2, 1],
      [0, 0],
    ]),
  })
  .map(({ batch, size, kernel, channels, strides, dilations, pad }) => ({
    x: [batch, ...size, channels[0]],
    filter: [...kernel, ...channels],
    // tfjs-core takes strides or dilations above 1, not both.
    strides: dilations[0] > 1 ? [1, 1] : strides,
    dilations,
    pad,
  }));

const conv = (c: Case, x: Tensor, filter: Tensor) =>
  conv2d(x as never, filter as never, c.strides, c.pad, 'NHWC', c.dilations) as Tensor;
const depthwise = (c: Case, x: Tensor, filter: Tensor) =>
  depthwiseConv2d(x as never, filter as never, c.strides, c.pad, 'NHWC', c.dilations) as Tensor;

/** Both gradients of a convolution, which is linear in each operand, so that any step of the differences is exact. */
function checkGradients(c: Case, forward: typeof conv, filterKernel: string, inputKernel: string): void {
  const [x, filter] = [numbers(count(c.x), 1), numbers(count(c.filter), 2)];
  const y = forward(c, tensor(x, c.x), tensor(filter, c.filter));
  const dy = numbers(y.size, 3);
  const attrs = { strides: c.strides, dilations: c.dilations, pad: c.pad, dataFormat: 'NHWC' };
  const dyTensor = tensor(dy, y.shape);
  const dFilter = run(filterKernel, { x: tensor(x, c.x), dy: dyTensor }, { ...attrs, filterShape: c.filter });
  const dx = run(inputKernel, { dy: dyTensor, filter: tensor(filter, c.filter) }, { ...attrs, inputShape: c.x });
  expect(dFilter.shape).toEqual(c.filter);
  expect(dx.shape).toEqual(c.x);
  const values = (result: Tensor) => result.dataSync() as Float32Array;
  expectClose(
    values(dFilter),
    finiteDifferences((f) => values(forward(c, tensor(x, c.x), tensor(f, c.filter))), filter, dy),
    1e-3,
  );
  expectClose(
    values(dx),
    finiteDifferences((v) => values(forward(c, tensor(v, c.x), tensor(filter, c.filter))), x, dy),
    1e-3,
  );
}

describe('grouped convolution', () => {
  const inGroups = (c: Case, groups: number) => (x: Tensor, filter: Tensor) => {
    const [parts, filters] = [split(x, groups, 3), split(filter, groups, 3)];
    return concat(
      parts.map((part, i) => conv(c, part, filters[i]!)),
      3,
    );
  };
  const given = (filter: number[], x: number[]) => ({
    x,
    filter,
    strides: [1, 1] as [number, number],
    dilations: [1, 1] as [number, number],
    pad: 'same' as const,
  });

  // Many blocks of rows, slices of images, more channels than a panel, less than a panel, fewer inputs than a panel.
  test.each<[string, number, Case]>([
    ['of four channels', 8, given([3, 3, 4, 32], [3, 40, 30, 32])],
    ['of wide channels', 2, given([3, 3, 33, 70], [11, 7, 6, 66])],
    ['of one channel', 6, given([3, 2, 1, 18], [2, 9, 8, 6])],
    ['of one filter', 5, given([3, 3, 2, 5], [2, 9, 8, 10])],
    ['with strides', 4, { ...given([3, 3, 4, 16], [2, 19, 17, 16]), strides: [2, 2] }],
    ['with strides beyond the window', 3, { ...given([2, 2, 9, 6], [1, 12, 11, 27]), strides: [3, 3] }],
    ['at single points', 4, { ...given([1, 1, 8, 36], [2, 6, 5, 32]), pad: 'valid' }],
    [
      'with uneven padding',
      2,
      {
        ...given([3, 2, 5, 6], [2, 6, 5, 10]),
        pad: [
          [0, 0],
          [2, 0],
          [0, 3],
          [0, 0],
        ],
      },
    ],
  ])('does all three kernels as group after group: %s', (_, groups, c) => {
    const [x, filter] = [make(c.x, 1), make(c.filter, 2)];
    const attrs = { strides: c.strides, dilations: c.dilations, pad: c.pad, dataFormat: 'NHWC' };
    const values = (tensor: Tensor) => tensor.dataSync() as Float32Array;
    const expected = inGroups(c, groups)(x, filter);
    const y = run('GroupedConv2D', { x, filter }, { ...attrs, activation: 'linear' });
    expect(y.shape).toEqual(expected.shape);
    expectClose(values(y), values(expected), 1e-5);
    const dy = make(y.shape, 3);
    const [xs, filters, dys] = [x, filter, dy].map((whole) => split(whole, groups, 3));
    const dx = xs!.map((part, i) =>
      run(Conv2DBackpropInput, { dy: dys![i]!, filter: filters![i]! }, { ...attrs, inputShape: part.shape }),
    );
    const dFilter = filters!.map((part, i) =>
      run(Conv2DBackpropFilter, { x: xs![i]!, dy: dys![i]! }, { ...attrs, filterShape: part.shape }),
    );
    const gotX = run(Conv2DBackpropInput, { dy, filter }, { ...attrs, inputShape: c.x });
    const gotFilter = run(Conv2DBackpropFilter, { x, dy }, { ...attrs, filterShape: c.filter });
    expectClose(values(gotX), values(concat(dx, 3)), 1e-5);
    expectClose(values(gotFilter), values(concat(dFilter, 3)), 1e-5);
  });

  test('keeps what is not a number within its group', () => {
    const c = given([3, 3, 4, 8], [1, 5, 5, 8]);
    const x = numbers(count(c.x), 1);
    x[0] = Number.NaN;
    const y = run('GroupedConv2D', { x: tensor(x, c.x), filter: make(c.filter, 2) }, { ...c, activation: 'linear' });
    const pixel = [...y.dataSync()].slice(0, 8);
    expect(pixel.map(Number.isNaN)).toEqual([true, true, true, true, false, false, false, false]);
  });
});

describe('conv2d', () => {
  test('agrees with the CPU backend', async () => {
    await fc.assert(
      fc.asyncProperty(cases, (c) => expectSame(() => conv(c, make(c.x, 1), make(c.filter, 2)), 1e-5)),
      { numRuns: 60 },
    );
  });

  // Several blocks of rows, several slices of images, more channels than one panel.
  test.each<[string, Case]>([
    ['few channels', { x: [2, 40, 30, 3], filter: [3, 3, 3, 20], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
    ['many images', { x: [19, 9, 8, 9], filter: [3, 2, 9, 17], strides: [1, 1], dilations: [1, 1], pad: 'valid' }],
    ['wide filters', { x: [2, 6, 5, 70], filter: [3, 3, 70, 33], strides: [2, 1], dilations: [1, 1], pad: 'same' }],
    ['a line', { x: [3, 1, 300, 5], filter: [1, 5, 5, 12], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
  ])('agrees with the CPU backend in all three kernels: %s', async (_, c) => {
    const { shape } = await on('cpu', () => conv(c, make(c.x, 1), make(c.filter, 2)));
    const attrs = { strides: c.strides, pad: c.pad, dataFormat: 'NHWC' };
    const dy = () => make(shape, 3);
    await expectSame(() => conv(c, make(c.x, 1), make(c.filter, 2)), 1e-5);
    await expectSame(
      () => run(Conv2DBackpropInput, { dy: dy(), filter: make(c.filter, 2) }, { ...attrs, inputShape: c.x }),
      1e-5,
    );
    await expectSame(
      () => run(Conv2DBackpropFilter, { x: make(c.x, 1), dy: dy() }, { ...attrs, filterShape: c.filter }),
      1e-4,
    );
  });

  test('has the gradients of its finite differences, dilated or not', () => {
    fc.assert(
      fc.property(cases, (c) => checkGradients(c, conv, Conv2DBackpropFilter, Conv2DBackpropInput)),
      { numRuns: 12 },
    );
  });

  test('has the gradients of the CPU backend at sizes that take several blocks', async () => {
    const [x, filter, y] = [
      [8, 20, 20, 8],
      [3, 3, 8, 12],
      [8, 20, 20, 12],
    ];
    const attrs = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC' };
    await expectSame(
      () => run(Conv2DBackpropFilter, { x: make(x, 1), dy: make(y, 2) }, { ...attrs, filterShape: filter }),
      2e-4,
    );
    await expectSame(
      () => run(Conv2DBackpropInput, { dy: make(y, 1), filter: make(filter, 2) }, { ...attrs, inputShape: x }),
      2e-5,
    );
    await expectSame(() => conv2d(make(x, 1) as never, make(filter, 2) as never, 1, 'same'), 2e-5);
  });

  test('an empty batch gives nothing forward and zeros backward', () => {
    const attrs = { strides: [1, 1], pad: 'valid', dataFormat: 'NHWC' };
    const y = conv2d(tensor([], [0, 5, 5, 2]) as never, make([3, 3, 2, 4], 1) as never, 1, 'valid') as Tensor;
    expect(y.shape).toEqual([0, 3, 3, 4]);
    const inputs = { x: tensor([], [0, 5, 5, 2]), dy: y };
    const dFilter = run(Conv2DBackpropFilter, inputs, { ...attrs, filterShape: [3, 3, 2, 4] });
    expect(Array.from(dFilter.dataSync()).every((value) => value === 0)).toBe(true);
  });

  test.each(['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const)(
    'fused with %s',
    async (activation) => {
      await expectSame(
        () =>
          fused.conv2d({
            x: make([2, 6, 6, 3], 1) as never,
            filter: make([3, 3, 3, 5], 2) as never,
            strides: 1,
            pad: 'same',
            bias: make([5], 3),
            activation,
            preluActivationWeights: make([5], 4),
            leakyreluAlpha: 0.1,
          }) as Tensor,
      );
    },
  );

  test('a filter that was changed in place is read anew', () => {
    const wasm = engine().backend as unknown as WasmEngine;
    for (const convolve of [conv2d, depthwiseConv2d]) {
      const [x, filter] = [tensor([1, 1, 1, 1], [1, 2, 2, 1]), tensor([1, 1, 1, 1], [2, 2, 1, 1])];
      const value = () => (convolve(x as never, filter as never, 1, 'valid') as Tensor).dataSync()[0];
      expect(value()).toBe(4);
      wasm.typedArrayFromHeap(filter)[0] = 5;
      expect(value()).toBe(8);
    }
  });

  // Strides along an axis are made up for by padding behind it, or behind the other axis.
  test.each([
    { strides: [1, 2] as const, below: 2, right: 0 },
    { strides: [1, 2] as const, below: 0, right: 2 },
    { strides: [2, 2] as const, below: 1, right: 1 },
  ])('of single pixels: %j', async ({ strides, below, right }) => {
    // biome-ignore format: a margin an axis
    const pad: Case['pad'] = [[0, 0], [0, below], [0, right], [0, 0]];
    for (const height of [1, 2, 3]) {
      const x = [2, height, 2, 3];
      const c: Case = { x, filter: [1, 1, 3, 4], strides: [...strides], dilations: [1, 1], pad };
      await expectSame(() => conv(c, make(x, 1), make(c.filter, 2)));
      checkGradients(c, conv, Conv2DBackpropFilter, Conv2DBackpropInput);
      await expectSame(() => depthwise(c, make(x, 1), make(c.filter, 2)));
      checkGradients(c, depthwise, DepthwiseConv2dNativeBackpropFilter, DepthwiseConv2dNativeBackpropInput);
    }
  });

  test('refuses channels first', () => {
    expect(() => conv2d(make([1, 2, 5, 5], 1) as never, make([3, 3, 2, 4], 2) as never, 1, 'valid', 'NCHW')).toThrow(
      /channels last/,
    );
  });
});

describe('depthwiseConv2d', () => {
  const depthwiseCases = fc
    .tuple(cases, fc.constantFrom(1, 1, 2, 3))
    .map(([c, multiplier]) => ({ ...c, filter: [c.filter[0]!, c.filter[1]!, c.x[3]!, multiplier] }));

  test('agrees with the CPU backend', async () => {
    await fc.assert(
      fc.asyncProperty(depthwiseCases, (c) => expectSame(() => depthwise(c, make(c.x, 1), make(c.filter, 2)))),
      { numRuns: 40 },
    );
  });

  // More channels than an item of the gradients has, rows that end in single pixels, a tail of channels, borders cut off.
  test.each<[string, Case]>([
    ['wide', { x: [2, 9, 14, 70], filter: [3, 3, 70, 1], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
    ['strided', { x: [2, 11, 18, 40], filter: [3, 3, 40, 1], strides: [2, 2], dilations: [1, 1], pad: 'same' }],
    ['many rows', { x: [2, 50, 37, 22], filter: [3, 3, 22, 1], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
    ['rows apart', { x: [3, 70, 71, 7], filter: [3, 2, 7, 1], strides: [2, 3], dilations: [1, 1], pad: 'same' }],
    ['many images', { x: [30, 9, 11, 5], filter: [3, 4, 5, 2], strides: [1, 1], dilations: [1, 1], pad: 'same' }],
    ['multiplied', { x: [2, 9, 9, 34], filter: [3, 3, 34, 2], strides: [1, 1], dilations: [1, 1], pad: 'valid' }],
  ])('agrees with the CPU backend in all three kernels: %s', async (_, c) => {
    const { shape } = await on('cpu', () => depthwise(c, make(c.x, 1), make(c.filter, 2)));
    const attrs = { strides: c.strides, dilations: c.dilations, pad: c.pad, dataFormat: 'NHWC', dimRoundingMode: null };
    const dy = () => make(shape, 3);
    await expectSame(() => depthwise(c, make(c.x, 1), make(c.filter, 2)), 1e-5);
    await expectSame(
      () =>
        run(DepthwiseConv2dNativeBackpropInput, { dy: dy(), filter: make(c.filter, 2) }, { ...attrs, inputShape: c.x }),
      1e-5,
    );
    await expectSame(
      () =>
        run(DepthwiseConv2dNativeBackpropFilter, { x: make(c.x, 1), dy: dy() }, { ...attrs, filterShape: c.filter }),
      1e-4,
    );
  });

  test.each([
    [4, 1],
    [1, 1],
    [1, 2],
  ])('adds a million tenths up to six digits: %i channels, multiplier %i', (channels, multiplier) => {
    const x = fill([1, 1000, 1000, channels], 0.1);
    const dy = fill([1, 1000, 1000, channels * multiplier], 1);
    const attrs = { strides: [1, 1], dilations: [1, 1], pad: 'valid', filterShape: [1, 1, channels, multiplier] };
    const sums = run(DepthwiseConv2dNativeBackpropFilter, { x, dy }, attrs).dataSync();
    for (const sum of sums) expect(Math.abs(sum - 1e5)).toBeLessThan(0.1);
  });

  test('agrees with the CPU backend where rows of pixels are dilated', async () => {
    const c: Case = { x: [1, 8, 20, 37], filter: [3, 3, 37, 1], strides: [1, 1], dilations: [2, 2], pad: 'same' };
    await expectSame(() => depthwise(c, make(c.x, 1), make(c.filter, 2)), 1e-5);
  });

  test('has the gradients of its finite differences', () => {
    fc.assert(
      fc.property(depthwiseCases, (c) =>
        checkGradients(c, depthwise, DepthwiseConv2dNativeBackpropFilter, DepthwiseConv2dNativeBackpropInput),
      ),
      { numRuns: 12 },
    );
  });

  test('fused with a bias and relu6', async () => {
    await expectSame(
      () =>
        fused.depthwiseConv2d({
          x: make([2, 6, 6, 5], 1) as never,
          filter: make([3, 3, 5, 2], 2) as never,
          strides: 2,
          pad: 'same',
          bias: make([10], 3),
          activation: 'relu6',
        }) as Tensor,
    );
  });
});

describe('conv3d', () => {
  test.each([
    { strides: 1, pad: 'same' },
    { strides: 2, pad: 'valid' },
    { strides: 2, pad: 'same' },
    { strides: 1, pad: 'valid' },
  ] as const)('and its gradients agree with the CPU backend: $strides, $pad', async ({ strides, pad }) => {
    const [x, filter] = [
      [2, 5, 6, 7, 3],
      [3, 2, 3, 3, 4],
    ];
    const { shape } = await on('cpu', () => conv3d(make(x, 1) as never, make(filter, 2) as never, strides, pad));
    await expectSame(() => conv3d(make(x, 1) as never, make(filter, 2) as never, strides, pad));
    const attrs = { strides: [strides, strides, strides], pad };
    await expectSame(
      () => run(Conv3DBackpropFilterV2, { x: make(x, 1), dy: make(shape, 3) }, { ...attrs, filterShape: filter }),
      1e-4,
    );
    await expectSame(() =>
      run(Conv3DBackpropInputV2, { dy: make(shape, 3), filter: make(filter, 2) }, { ...attrs, inputShape: x }),
    );
  });
});
