import {
  backend_util,
  Dilation2DBackpropFilter,
  Dilation2DBackpropInput,
  dilation2d,
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tensor,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { GEOMETRY_BYTES, putGeometry } from '../src/kernels/window.js';
import { expectSame, numbers, on, useWasm } from './both.js';

beforeAll(useWasm);

const run = (kernel: string, inputs: NamedTensorMap, attrs: object) =>
  engine().runKernel<Tensor>(kernel, inputs, attrs as NamedAttrMap);

describe('dilation2d', () => {
  test.each([
    { strides: 1, pad: 'same', dilations: 1, low: -3, high: -1 },
    { strides: 2, pad: 'valid', dilations: 1, low: -1, high: 1 },
    { strides: 1, pad: 'same', dilations: 2, low: -1, high: 1 },
  ] as const)('and its gradients agree with the CPU backend: %j', async ({ strides, pad, dilations, low, high }) => {
    const x = () => tensor(numbers(2 * 7 * 6 * 3, 1, low, high), [2, 7, 6, 3]);
    const filter = () => tensor(numbers(18, 2), [3, 2, 3]);
    const forward = () => dilation2d(x() as never, filter() as never, strides, pad, dilations) as Tensor;
    const { shape } = await on('cpu', forward);
    await expectSame(forward);
    const attrs = { strides: [strides, strides], pad, dilations: [dilations, dilations] };
    const dy = () =>
      tensor(
        numbers(
          shape.reduce((a, b) => a * b, 1),
          3,
        ),
        shape,
      );
    const inputs = () => ({ x: x(), filter: filter(), dy: dy() });
    await expectSame(() => run(Dilation2DBackpropInput, inputs(), attrs));
    await expectSame(() => run(Dilation2DBackpropFilter, inputs(), attrs));
  });

  test('a window that lies in the padding altogether gives -Infinity, and nothing flows back', () => {
    const backend = engine().backend as WasmEngine;
    const info = backend_util.computeDilation2DInfo([1, 1, 1, 1], [2, 2, 1], 1, 'same', 'NHWC', [2, 2]);
    const at = backend.allocate(256, 'a test');
    putGeometry(backend, at, info);
    // Behind the geometry: x, the filter, dy, and the three results with room around each.
    const values = new Float32Array(backend.heap.buffer, at + GEOMETRY_BYTES, 24).fill(0).fill(1, 0, 6);
    const [x, filter, dy, out, dx, dFilter] = [0, 1, 5, 7, 10, 14].map((index) => values.byteOffset + 4 * index);
    backend.simd.dilation2d(at, x!, filter!, out!, dy!, dx!, dFilter!);
    expect([...values.subarray(6)]).toEqual([0, -Infinity, ...Array(16).fill(0)]);
    backend.blocks.give(at);
  });
});
