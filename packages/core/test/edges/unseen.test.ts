import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, convolution2d, depthwiseConvolution2d } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { numbersOf, Sums, spikes, spoil, worst } from './spikes.js';

/** What a window may reach for: which input channel and output channel meet in which weight. */
interface Meeting {
  readonly p: number;
  readonly q: number;
  readonly weight: number;
}

const shape = fc.record({
  kind: fc.constantFrom('plain', 'depthwise', 'grouped'),
  where: fc.constantFrom('x', 'filter', 'dy'),
  batch: fc.integer({ min: 1, max: 3 }),
  size: fc.tuple(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 1, max: 13 })),
  window: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
  // The sides of a window move and spread alike, as tfjs's convolutions want it.
  strides: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  padding: fc.constantFrom('valid' as const, 'same' as const),
  groups: fc.integer({ min: 2, max: 3 }),
  inputs: fc.integer({ min: 1, max: 9 }),
  outputs: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
  spikes,
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** Channels of the whole, and how they meet at one tap. */
function channels({ kind, groups, inputs, outputs }: Shape) {
  const parts = kind === 'grouped' ? groups : 1;
  const [c, n] = kind === 'depthwise' ? [inputs, inputs * outputs] : [inputs * parts, outputs * parts];
  const meetings: Meeting[] = [];
  for (let q = 0; q < n; q++) {
    if (kind === 'depthwise') meetings.push({ p: Math.floor(q / outputs), q, weight: q });
    else {
      const first = Math.floor(q / outputs) * inputs;
      for (let p = 0; p < inputs; p++) meetings.push({ p: kind === 'plain' ? p : first + p, q, weight: p * n + q });
    }
  }
  return { c, n, parts, meetings, filter: kind === 'depthwise' ? [c, outputs] : [inputs, n] };
}

function measure(given: Shape) {
  const { kind, where, batch, size, window, padding, seed } = given;
  const { c, n, parts, meetings, filter: last } = channels(given);
  // One of the two is 1 where the other is not.
  const dilation = given.strides > 1 ? 1 : given.dilation;
  const strides = given.strides;
  const reach = window.map((side) => (side - 1) * dilation + 1);
  const [height, width] = size.map((side, i) => (padding === 'valid' ? Math.max(side, reach[i]!) : side)) as [
    number,
    number,
  ];
  const out = [height, width].map((side, i) =>
    Math.ceil((padding === 'valid' ? side - reach[i]! + 1 : side) / strides),
  );
  const before = [height, width].map((side, i) =>
    padding === 'valid' ? 0 : Math.floor(Math.max(0, (out[i]! - 1) * strides + reach[i]! - side) / 2),
  );
  const [down, across] = out as [number, number];
  const shapes = { x: [batch, height, width, c], filter: [...window, ...last], dy: [batch, down, across, n] };
  const values = {
    x: numbersOf(shapes.x, seed),
    filter: numbersOf(shapes.filter, seed + 1),
    dy: numbersOf(shapes.dy, seed + 2),
  };
  spoil(values[where], given.spikes);
  const { x, filter, dy } = values;
  const weights = last[0]! * last[1]!;
  const sums = { y: new Sums(dy.length), dx: new Sums(x.length), dw: new Sums(filter.length) };
  const taps = window[0] * window[1];
  const met = new Uint32Array(batch * height * width);
  for (let b = 0; b < batch; b++) {
    for (let i = 0; i < down; i++) {
      for (let j = 0; j < across; j++) {
        const to = ((b * down + i) * across + j) * n;
        for (let tap = 0; tap < taps; tap++) {
          const h = i * strides + Math.floor(tap / window[1]) * dilation - before[0]!;
          const v = j * strides + (tap % window[1]) * dilation - before[1]!;
          const inside = h >= 0 && h < height && v >= 0 && v < width;
          const pixel = (b * height + h) * width + v;
          if (inside) met[pixel]!++;
          for (const { p, q, weight } of meetings) {
            const at = tap * weights + weight;
            if (inside) {
              sums.y.add(to + q, x[pixel * c + p]! * filter[at]!);
              sums.dx.add(pixel * c + p, dy[to + q]! * filter[at]!);
              sums.dw.add(at, x[pixel * c + p]! * dy[to + q]!);
            } else {
              if (!Number.isFinite(filter[at]!)) sums.y.free[to + q] = 1;
              if (!Number.isFinite(dy[to + q]!)) sums.dw.free[at] = 1;
            }
          }
        }
      }
    }
  }
  // A dilated gradient is that of plain convolutions of every second or third pixel, filled up with zeros to one size.
  for (let at = 0; dilation > 1 && at < x.length; at++) {
    if (Number.isFinite(x[at]!)) continue;
    for (const { p, weight } of meetings) {
      for (let tap = 0; p === at % c && tap < taps; tap++) sums.dw.free[tap * weights + weight] = 1;
    }
  }
  // The gradient of the input is a convolution too, of dy with zeros around it and between its values.
  for (let at = 0; at < filter.length; at++) {
    if (Number.isFinite(filter[at]!)) continue;
    const { p } = meetings.find(({ weight }) => weight === at % weights)!;
    const same = meetings.filter((meeting) => meeting.weight === at % weights).map((meeting) => meeting.p);
    for (let pixel = 0; pixel < met.length; pixel++) {
      if (met[pixel]! < taps) for (const channel of [p, ...same]) sums.dx.free[pixel * c + channel] = 1;
    }
  }
  const options = { strides: [strides, strides], padding, dilationRate: [dilation, dilation] } as const;
  const convolve = (a: tf.Tensor, b: tf.Tensor) =>
    kind === 'depthwise' ? depthwiseConvolution2d(a, b, options) : convolution2d(a, b, { ...options, groups: parts });
  return tf.tidy(() => {
    const [image, weight, rates] = (['x', 'filter', 'dy'] as const).map((name) =>
      tf.tensor(values[name], shapes[name]),
    ) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const [dx, dw] = tf.grads((...both: tf.Tensor[]) => convolve(both[0]!, both[1]!))([image, weight], rates) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const found: Record<string, number> = {
      y: worst(convolve(image, weight), sums.y),
      dx: worst(dx, sums.dx),
      dw: worst(dw, sums.dw),
    };
    if (kind === 'plain' && dilation === 1) {
      const turned = tf.conv2dTranspose(
        rates as tf.Tensor4D,
        weight as tf.Tensor4D,
        shapes.x as [number, number, number, number],
        [strides, strides],
        padding,
      );
      found.transposed = worst(turned, sums.dx);
    }
    return found;
  });
}

const depths = fc.record({
  batch: fc.integer({ min: 1, max: 3 }),
  rows: fc.integer({ min: 1, max: 37 }),
  depth: fc.integer({ min: 1, max: 70 }),
  columns: fc.integer({ min: 1, max: 37 }),
  turned: fc.tuple(fc.boolean(), fc.boolean()),
  where: fc.constantFrom(0, 1),
  seed: fc.integer({ min: 1, max: 1e6 }),
  spikes,
});

/** Windows of pooling: which pixels each output sees. */
const pools = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  size: fc.tuple(fc.integer({ min: 4, max: 11 }), fc.integer({ min: 4, max: 11 })),
  channels: fc.integer({ min: 1, max: 9 }),
  window: fc.integer({ min: 1, max: 4 }),
  strides: fc.integer({ min: 1, max: 3 }),
  padding: fc.constantFrom('valid' as const, 'same' as const),
  where: fc.constantFrom('x', 'dy'),
  seed: fc.integer({ min: 1, max: 1e6 }),
  spikes,
});

function pool({
  batch,
  size,
  channels: c,
  window,
  strides,
  padding,
  seed,
  where,
  spikes: wild,
}: typeof pools extends fc.Arbitrary<infer T> ? T : never) {
  const [height, width] = size;
  const sides = size.map((side) => Math.ceil((padding === 'valid' ? side - window + 1 : side) / strides)) as [
    number,
    number,
  ];
  const before = size.map((side, i) =>
    padding === 'valid' ? 0 : Math.floor(Math.max(0, (sides[i]! - 1) * strides + window - side) / 2),
  );
  const shapes = { x: [batch, height, width, c], dy: [batch, ...sides, c] };
  const values = { x: numbersOf(shapes.x, seed), dy: numbersOf(shapes.dy, seed + 1) };
  spoil(values[where], wild);
  const { x, dy } = values;
  const highest = new Float64Array(dy.length);
  const sums = { average: new Sums(dy.length), averageGradient: new Sums(x.length), maxGradient: new Sums(x.length) };
  for (let to = 0; to < dy.length; to++) {
    const q = to % c;
    const [j, i, b] = [
      Math.floor(to / c) % sides[1],
      Math.floor(to / c / sides[1]) % sides[0],
      Math.floor(to / c / sides[1] / sides[0]),
    ];
    const seen: number[] = [];
    for (let h = i * strides - before[0]!, y = 0; y < window; y++, h++) {
      for (let v = j * strides - before[1]!, z = 0; z < window; z++, v++) {
        if (h >= 0 && h < height && v >= 0 && v < width) seen.push(((b * height + h) * width + v) * c + q);
      }
    }
    let first = seen[0]!;
    for (const at of seen) if (!(x[at]! <= x[first]!) && !Number.isNaN(x[first]!)) first = at;
    highest[to] = x[first]!;
    sums.maxGradient.add(first, dy[to]!);
    for (const at of seen) {
      sums.average.add(to, x[at]! / seen.length);
      sums.averageGradient.add(at, dy[to]! / seen.length);
    }
  }
  return tf.tidy(() => {
    const [image, rates] = [tf.tensor4d(x, shapes.x as never), tf.tensor4d(dy, shapes.dy as never)];
    const max = (a: tf.Tensor) => tf.maxPool(a as tf.Tensor4D, window, strides, padding);
    const average = (a: tf.Tensor) => tf.avgPool(a as tf.Tensor4D, window, strides, padding);
    expect(Array.from(max(image).dataSync())).toEqual(Array.from(highest));
    const found: Record<string, number> = {
      average: worst(average(image), sums.average),
      averageGradient: worst(tf.grad(average)(image, rates), sums.averageGradient),
    };
    found.maxGradient = worst(tf.grad(max)(image, rates), sums.maxGradient);
    return found;
  });
}

const runs = (numRuns: number) => ({ numRuns, seed: 20_251 });

describe.each([
  ['cpu', cpu],
  ['wasm, 1 thread', () => wasm({ threads: 1 })],
  ['wasm, 2 threads', () => wasm({ threads: 2 })],
] as const)('an output does not depend on what it does not see, on %s', (_, backend) => {
  beforeAll(async () => {
    await activateBackend(backend());
  });

  test.each(['plain', 'depthwise', 'grouped'] as const)('%s convolutions and their gradients', (kind) => {
    fc.assert(
      fc.property(shape, (one) => {
        for (const [name, figure] of Object.entries(measure({ ...one, kind }))) expect(figure, name).toBeLessThan(100);
      }),
      runs(150),
    );
  });

  test('products of matrices', () => {
    fc.assert(
      fc.property(depths, ({ batch, rows, depth, columns, turned, where, seed, spikes: wild }) => {
        const shapes = [
          turned[0] ? [batch, depth, rows] : [batch, rows, depth],
          turned[1] ? [batch, columns, depth] : [batch, depth, columns],
        ] as const;
        const [a, b] = shapes.map((one, i) => numbersOf([...one], seed + i)) as [Float32Array, Float32Array];
        spoil([a, b][where]!, wild);
        const sums = new Sums(batch * rows * columns);
        for (let at = 0; at < batch * rows * columns; at++) {
          const [j, i, k] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
          for (let l = 0; l < depth; l++) {
            const left = k * rows * depth + (turned[0] ? l * rows + i : i * depth + l);
            const right = k * columns * depth + (turned[1] ? j * depth + l : l * columns + j);
            sums.add(at, a[left]! * b[right]!);
          }
        }
        const got = tf.tidy(() =>
          worst(tf.matMul(tf.tensor(a, [...shapes[0]]), tf.tensor(b, [...shapes[1]]), ...turned), sums),
        );
        expect(got).toBeLessThan(100);
      }),
      runs(200),
    );
  });

  test('pooling and its gradients', () => {
    fc.assert(
      fc.property(pools, (one) => {
        for (const [name, figure] of Object.entries(pool(one))) expect(figure, name).toBeLessThan(100);
      }),
      runs(200),
    );
  });
});
