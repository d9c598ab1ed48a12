import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose, expectSame, numbers, useWasm } from './both.js';

beforeAll(useWasm);

const size = (shape: number[]) => shape.reduce((x, y) => x * y, 1);
const floats = (shape: number[], seed = 1) => tf.tensor(numbers(size(shape), seed), shape);
const complex = (shape: number[], seed = 1) => tf.complex(floats(shape, seed), floats(shape, seed + 100));
/** Both parts in one real tensor, since only those can be compared. */
const parts = (z: tf.Tensor) => tf.stack([tf.real(z), tf.imag(z)]);

/** The transform by its definition, in double precision. */
function transform(re: Float32Array, im: Float32Array, sign: 1 | -1): [number[], number[]] {
  const n = re.length;
  const sum = (k: number, part: (x: number, y: number, cos: number, sin: number) => number): number => {
    let total = 0;
    for (let j = 0; j < n; j++) {
      const angle = (2 * Math.PI * ((j * k) % n)) / n;
      total += part(re[j]!, im[j]!, Math.cos(angle), sign * Math.sin(angle));
    }
    return sign === 1 ? total / n : total;
  };
  const all = Array.from({ length: n }, (_, k) => k);
  return [all.map((k) => sum(k, (x, y, c, s) => x * c - y * s)), all.map((k) => sum(k, (x, y, c, s) => x * s + y * c))];
}

describe('Fourier transforms', () => {
  test.each([1, 2, 3, 4, 5, 7, 8, 12, 16, 31, 64, 97, 100, 127, 256, 1000, 1021])('of length %d', (n) => {
    const [re, im] = [numbers(2 * n, n), numbers(2 * n, n + 5)];
    for (const sign of [1, -1] as const) {
      const out = tf.tidy(() => {
        const z = tf.complex(tf.tensor2d(re, [2, n]), tf.tensor2d(im, [2, n]));
        return parts(sign === 1 ? tf.ifft(z) : tf.fft(z)).dataSync();
      });
      for (const row of [0, 1]) {
        const [wantRe, wantIm] = transform(re.slice(row * n, row * n + n), im.slice(row * n, row * n + n), sign);
        const largest = Math.max(...wantRe.map(Math.abs), ...wantIm.map(Math.abs));
        const got = [...out.slice(row * n, row * n + n), ...out.slice((2 + row) * n, (2 + row) * n + n)];
        got.forEach((value, i) => {
          expect(Math.abs(value - [...wantRe, ...wantIm][i]!)).toBeLessThan(1e-6 * largest);
        });
      }
    }
  });

  test('and their inverses give back any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 3 }), (n, rows) => {
        tf.tidy(() => {
          const z = complex([rows, n]);
          expectClose(parts(tf.ifft(tf.fft(z))).dataSync(), parts(z).dataSync(), 1e-6);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('of real signals, and framed ones, as on the CPU backend', async () => {
    for (const n of [1, 2, 5, 8, 30]) {
      await expectSame(() => parts(tf.spectral.rfft(floats([3, n]))));
      await expectSame(() => tf.spectral.irfft(complex([3, n])));
    }
    await expectSame(() => parts(tf.spectral.rfft(floats([2, 7]), 12)));
    await expectSame(() => parts(tf.spectral.rfft(floats([2, 7]), 4)));
    await expectSame(() => tf.abs(tf.signal.stft(floats([50]) as tf.Tensor1D, 16, 4)));
  });

  test('of nothing are nothing', () => {
    expect(tf.fft(complex([0, 4])).shape).toEqual([0, 4]);
    expect([...parts(tf.fft(complex([2, 0]))).dataSync()]).toEqual([]);
  });
});

describe('complex tensors', () => {
  const cases: Record<string, () => tf.Tensor> = {
    real: () => tf.real(complex([3, 4])),
    imag: () => tf.imag(complex([3, 4])),
    abs: () => tf.abs(complex([3, 4])),
    add: () => parts(tf.add(complex([3, 4]), complex([3, 4], 2))),
    sub: () => parts(tf.sub(complex([3, 4]), complex([3, 4], 2))),
    mul: () => parts(tf.mul(complex([3, 4]), complex([3, 4], 2))),
    'mul with a real one': () => parts(tf.mul(complex([3, 4]), floats([3, 4], 2))),
    reshape: () => parts(tf.reshape(complex([3, 4]), [2, 6])),
    clone: () => parts(tf.clone(complex([3, 4]))),
    concat: () => parts(tf.concat([complex([3, 4]), complex([2, 4], 2)], 0)),
    zerosLike: () => parts(tf.zerosLike(complex([3, 4]))),
    'cast to complex': () => parts(tf.cast(floats([3, 4]), 'complex64')),
    'cast from complex': () => tf.cast(complex([3, 4]), 'float32'),
  };
  test.each(Object.entries(cases))('%s as on the CPU backend', async (_name, compute) => {
    await expectSame(compute);
  });

  test('can be cut, moved and turned round', () => {
    const z = complex([3, 4]);
    const both = (f: (x: tf.Tensor) => tf.Tensor) =>
      expectClose(parts(f(z)).dataSync(), tf.stack([f(tf.real(z)), f(tf.imag(z))]).dataSync());
    both((x) => tf.slice(x, [1, 0], [2, 3]));
    both((x) => tf.transpose(x));
    both((x) => tf.reverse(x, 1));
    both((x) => tf.tile(x, [2, 1]));
    both((x) => tf.neg(x));
    both((x) => tf.gather(x, tf.tensor1d([2, 0], 'int32')));
  });

  test('are broadcast, which the CPU backend gets wrong', () => {
    const [a, b] = [complex([3, 4]), complex([4], 2)];
    const [re, im] = [tf.real(a), tf.imag(a)];
    const [bRe, bIm] = [tf.real(b), tf.imag(b)];
    expectClose(parts(tf.add(a, b)).dataSync(), tf.stack([tf.add(re, bRe), tf.add(im, bIm)]).dataSync());
    const product = [tf.sub(tf.mul(re, bRe), tf.mul(im, bIm)), tf.add(tf.mul(re, bIm), tf.mul(im, bRe))];
    expectClose(parts(tf.mul(a, b)).dataSync(), tf.stack(product).dataSync());
  });

  test('are read as pairs, and moved between backends', async () => {
    const z = tf.complex([1, 2], [3, 4]);
    expect([...z.dataSync()]).toEqual([1, 3, 2, 4]);
    expect(() => tf.exp(z)).toThrow(/complex/);
    await tf.setBackend('cpu');
    const there = tf.complex([5, 6], [7, 8]);
    await tf.setBackend('wasm');
    expect([...tf.imag(there).dataSync()]).toEqual([7, 8]);
    tf.dispose([z, there]);
  });

  test('leave nothing behind', () => {
    const before = { ...tf.memory() };
    const held = tf.backend().numDataIds();
    for (const compute of Object.values(cases)) tf.tidy(() => compute().dataSync());
    tf.tidy(() => tf.spectral.irfft(tf.spectral.rfft(floats([3, 6]))).dataSync());
    expect(tf.memory()).toMatchObject({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
      numBytes: before.numBytes,
    });
    expect(tf.backend().numDataIds()).toBe(held);
  });
});

describe('einsum', () => {
  const equations: [equation: string, ...shapes: number[][]][] = [
    ['ij,jk->ik', [3, 4], [4, 5]],
    ['ij,kj->ki', [3, 4], [5, 4]],
    ['ji,jk->ik', [4, 3], [4, 5]],
    ['bhqd,bhkd->bhqk', [2, 2, 3, 2], [2, 2, 4, 2]],
    ['bqhd,bkhd->bhqk', [2, 3, 2, 5], [2, 4, 2, 5]],
    ['abc,cd->abd', [2, 3, 4], [4, 5]],
    ['ij,ij->', [3, 4], [3, 4]],
    ['ij,ij->ij', [3, 4], [3, 4]],
    ['i,j->ji', [3], [4]],
    ['ij->ji', [3, 4]],
    ['ij->ij', [3, 4]],
    ['ijk->ki', [2, 3, 4]],
    ['ij->', [3, 4]],
  ];
  test.each(equations)('%s as on the CPU backend', async (equation, ...shapes) => {
    await expectSame(() => tf.einsum(equation, ...shapes.map((shape, i) => floats(shape, i + 1))));
  });

  test('of three operands is that of two, twice', async () => {
    const [a, b, c] = [floats([2, 3], 1), floats([3, 4], 2), floats([4, 2], 3)];
    const want = tf.transpose(tf.matMul(tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D), c as tf.Tensor2D));
    expectClose(tf.einsum('ij,jk,kl->li', a, b, c).dataSync(), want.dataSync());
  });

  test('of empty tensors, and sums over a label of one operand', () => {
    expect([...tf.einsum('ij,jk->ik', tf.zeros([2, 0]), tf.zeros([0, 3])).dataSync()]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([...tf.einsum('ij,k->i', tf.ones([2, 3]), tf.ones([4])).dataSync()]).toEqual([12, 12]);
  });

  test('refuses what it cannot do', () => {
    expect(() => tf.einsum('ii->i', tf.ones([2, 2]))).toThrow(/equation/);
    expect(() => tf.einsum('ij,jk->ik', tf.ones([2, 3]), tf.ones([4, 5]))).toThrow(/fit/);
    expect(() => tf.einsum('ij->k', tf.ones([2, 3]))).toThrow(/equation/);
  });

  test('leaves nothing behind', () => {
    const held = tf.backend().numDataIds();
    for (const [equation, ...shapes] of equations) {
      tf.tidy(() => tf.einsum(equation, ...shapes.map((shape) => floats(shape))).dataSync());
      expect(tf.backend().numDataIds(), equation).toBe(held);
    }
  });
});
