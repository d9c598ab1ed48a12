import { cpu } from '@espalier/backend-cpu';
import { registerGradients } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { random } from './GradientRow.js';

/** The sum of the products of all elements, in float64. */
const inner = (a: tf.Tensor, b: tf.Tensor): number => {
  const [x, y] = [a.dataSync<'float32'>(), b.dataSync<'float32'>()];
  return x.reduce((total, value, i) => total + value * y[i]!, 0);
};

/**
 * For a function f that is linear in one input x, ⟨dy, f(x)⟩ = ⟨gradient, x⟩: checked at any size without a single
 * finite difference.
 */
function expectAdjoint(f: (...inputs: tf.Tensor[]) => tf.Tensor, ...shapes: number[][]): void {
  tf.tidy(() => {
    const inputs = shapes.map((shape) => random(shape));
    const y = f(...inputs);
    const dy = random(y.shape);
    const expected = inner(dy, y);
    tf.grads(f)(inputs, dy).forEach((gradient, i) => {
      expect(Math.abs(inner(gradient, inputs[i]!) - expected)).toBeLessThan(1e-5 * y.size);
    });
  });
}

const size = (max: number) => fc.integer({ min: 1, max });
const run = { numRuns: 60 };

describe('gradients of linear operations are their adjoints', () => {
  beforeAll(async () => {
    await cpu().activate();
    registerGradients();
  });

  const convolution = fc
    .record({
      batch: size(2),
      height: fc.integer({ min: 5, max: 9 }),
      width: fc.integer({ min: 5, max: 9 }),
      window: fc.tuple(size(3), size(3)),
      channels: fc.tuple(size(3), size(3)),
      strides: fc.tuple(size(3), size(3)),
      dilations: fc.tuple(size(2), size(2)),
      dilated: fc.boolean(),
      pad: fc.constantFrom('same' as const, 'valid' as const, 0, 1, 2),
    })
    .map(({ dilated, window, strides, dilations, ...rest }) => {
      // tfjs counts the outputs of both axes by the height's figures where the padding is a number.
      const even = ([first, second]: [number, number]): [number, number] => [
        first,
        typeof rest.pad === 'number' ? first : second,
      ];
      const one: [number, number] = [1, 1];
      return {
        ...rest,
        window: even(window),
        strides: dilated ? one : even(strides),
        dilations: dilated ? even(dilations) : one,
      };
    });

  it('conv2d', () => {
    fc.assert(
      fc.property(convolution, ({ batch, height, width, window, channels, strides, dilations, pad }) => {
        expectAdjoint(
          (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations),
          [batch, height, width, channels[0]],
          [...window, ...channels],
        );
      }),
      run,
    );
  });

  it('depthwiseConv2d', () => {
    fc.assert(
      fc.property(convolution, ({ batch, height, width, window, channels, strides, dilations, pad }) => {
        expectAdjoint(
          (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad, 'NHWC', dilations),
          [batch, height, width, channels[0]],
          [...window, ...channels],
        );
      }),
      run,
    );
  });

  it('avgPool', () => {
    fc.assert(
      fc.property(convolution, ({ batch, height, width, window, channels, strides, pad }) => {
        // A window that lies in the padding alone has no mean.
        fc.pre(typeof pad === 'string' || pad < Math.min(...window));
        expectAdjoint((x) => tf.avgPool(x as tf.Tensor4D, window, strides, pad), [batch, height, width, channels[0]]);
      }),
      run,
    );
  });

  it('matMul', () => {
    const shape = fc.record({
      batch: size(3),
      sizes: fc.tuple(size(5), size(5), size(5)),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
      shared: fc.constantFrom('a', 'b', 'neither'),
    });
    fc.assert(
      fc.property(shape, ({ batch, sizes: [m, k, n], transposeA, transposeB, shared }) => {
        expectAdjoint(
          (a, b) => tf.matMul(a, b, transposeA, transposeB),
          [...(shared === 'a' ? [] : [batch]), ...(transposeA ? [k, m] : [m, k])],
          [...(shared === 'b' ? [] : [batch]), ...(transposeB ? [n, k] : [k, n])],
        );
      }),
      run,
    );
  });
});
