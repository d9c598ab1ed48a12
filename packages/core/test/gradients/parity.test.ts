import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { gelu, registerGradients, scaledDotProductAttention, silu } from '@espalier/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

interface Packed {
  readonly shape: number[];
  readonly base64: string;
}

interface GoldenCase {
  readonly op: string;
  // biome-ignore lint/suspicious/noExplicitAny: attributes differ from operation to operation.
  readonly attrs: any;
  readonly inputs: readonly { readonly shape: number[]; readonly scale: number; readonly shift: number }[];
  readonly output: Packed;
  readonly gradients: readonly Packed[];
}

const golden = JSON.parse(
  readFileSync(new URL('../../../../parity/golden/operations.json', import.meta.url), 'utf8'),
) as { madeWith: { torch: string }; cases: GoldenCase[] };

const valuesOf = ({ base64 }: Packed): Float32Array =>
  new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

/** The numbers of `weyl` in parity/golden_io.py. */
const weyl = (shape: readonly number[], seed: number, scale = 1, shift = 0): tf.Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const value = (i: number): number => {
    const word = Number((BigInt(i + 1 + 7919 * seed) * 2654435761n) % 2n ** 32n);
    return Math.fround(((2 * word) / 2 ** 32 - 1) * scale) + shift;
  };
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => value(i)),
    [...shape],
    'float32',
  );
};

const pairs = (z: tf.Tensor): tf.Tensor => tf.stack([tf.real(z), tf.imag(z)], -1);
const complex = (re?: tf.Tensor, im?: tf.Tensor): tf.Tensor => tf.complex(re!, im!);

type T1 = tf.Tensor1D;
type T3 = tf.Tensor3D;
type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;
type Operation = (attrs: GoldenCase['attrs'], xs: tf.Tensor[]) => tf.Tensor;

/** (x − mean) / √(variance + ε) · scale + offset over `axes`, in plain operations. */
const normalised =
  (axes: number[]): Operation =>
  ({ epsilon }, [x, scale, offset]) => {
    const { mean, variance } = tf.moments(x!, axes, true);
    return tf.add(tf.mul(tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, epsilon))), scale!), offset!);
  };

const operations: Record<string, Operation> = {
  conv1d: (a, [x, w]) => tf.conv1d(x as T3, w as T3, a.strides[0], a.pad, 'NWC', a.dilations[0]),
  conv2d: (a, [x, w]) => tf.conv2d(x as T4, w as T4, a.strides, a.pad, 'NHWC', a.dilations),
  conv3d: (a, [x, w]) => tf.conv3d(x as T5, w as T5, a.strides, a.pad, 'NDHWC', a.dilations),
  depthwiseConv2d: (a, [x, w]) => tf.depthwiseConv2d(x as T4, w as T4, a.strides, a.pad, 'NHWC', a.dilations),
  conv2dTranspose: (a, [x, w]) => tf.conv2dTranspose(x as T4, w as T4, a.outputShape, a.strides, a.pad),
  conv3dTranspose: (a, [x, w]) => tf.conv3dTranspose(x as T5, w as T5, a.outputShape, a.strides, a.pad),
  maxPool: (a, [x]) => tf.maxPool(x as T4, a.window, a.strides, a.pad),
  avgPool: (a, [x]) => tf.avgPool(x as T4, a.window, a.strides, a.pad),
  maxPool3d: (a, [x]) => tf.maxPool3d(x as T5, a.window, a.strides, a.pad),
  avgPool3d: (a, [x]) => tf.avgPool3d(x as T5, a.window, a.strides, a.pad),
  batchNorm: (a, [x, mean, variance, offset, scale]) =>
    tf.batchNorm(x!, mean as T1, variance as T1, offset as T1, scale as T1, a.epsilon),
  layerNorm: normalised([-1]),
  batchStatistics: normalised([0, 1, 2]),
  localResponseNormalization: (a, [x]) => tf.localResponseNormalization(x as T4, a.radius, a.bias, a.alpha, a.beta),
  attention: ({ causal, mask }, [q, k, v]) => {
    const values = mask && weyl(mask.shape, 50, 2);
    const options = mask && { mask: mask.dtype === 'bool' ? tf.greater(values, -0.6) : values };
    return scaledDotProductAttention(q!, k!, v!, { causal, ...options });
  },
  softmax: (_, [x]) => tf.softmax(x!),
  logSoftmax: (_, [x]) => tf.logSoftmax(x!),
  gelu: (a, [x]) => gelu(x!, a),
  silu: (_, [x]) => silu(x!),
  fft: (_, [re, im]) => pairs(tf.fft(complex(re, im))),
  ifft: (_, [re, im]) => pairs(tf.ifft(complex(re, im))),
  rfft: (_, [x]) => pairs(tf.spectral.rfft(x!)),
  magnitude: (_, [re, im]) => tf.abs(complex(re, im)),
  complexProduct: (_, [a, b, c, d]) => pairs(tf.mul(complex(a, b), complex(c, d))),
  einsum: (a, xs) => tf.einsum(a.equation, ...xs),
};

/** Each element to `tolerance` of the largest. */
function expectNear(what: string, got: tf.Tensor, wanted: Packed, tolerance: number): void {
  expect(got.shape, what).toEqual(wanted.shape);
  const [values, expected] = [got.dataSync(), valuesOf(wanted)];
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0.1);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
  expect(worst / largest, what).toBeLessThan(tolerance);
}

describe.each([cpu(), wasm()])('PyTorch and $name agree', (backend) => {
  beforeAll(async () => {
    await backend.activate();
    registerGradients();
  });

  it.for(golden.cases.map((row, i) => ({ ...row, i })))(
    '$i: $op $attrs',
    ({ op, attrs, inputs, output, gradients }, { skip }) => {
      if (op === 'einsum' && inputs.length > 2 && backend.name === 'cpu') skip('its einsum takes two operands at most');
      tf.tidy(() => {
        const xs = inputs.map(({ shape, scale, shift }, seed) => weyl(shape, seed, scale, shift));
        const f = (...at: tf.Tensor[]) => operations[op]!(attrs, at);
        expectNear('output', f(...xs), output, 3e-6);
        const slopes = tf.grads(f)(xs, weyl(output.shape, 99));
        slopes.forEach((slope, i) => {
          expectNear(`gradient of input ${i}`, slope, gradients[i]!, 1e-5);
        });
      });
    },
  );
});

it('the golden file says what made it', () => {
  expect(golden.madeWith.torch).toMatch(/^2\./);
  expect(golden.cases.length).toBeGreaterThan(40);
});
