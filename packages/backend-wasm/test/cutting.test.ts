import { slice, split, stridedSlice, type Tensor, tensor, unstack } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { numbers, useWasm } from './both.js';

beforeAll(useWasm);

/** A shape, and for every axis where a box begins and how long it is. */
const boxes = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.tuple(...shape.map((size) => fc.integer({ min: 0, max: size - 1 }))),
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })).map((draw) => draw),
      fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const),
    ),
  )
  .map(([shape, begin, draw, dtype]) => {
    const size = shape.map((length, axis) => Math.round((length - begin[axis]!) * (draw.next().value as number)));
    return { shape, begin: begin as number[], size, dtype };
  });

/** The elements of the box, one by one. */
function boxOf(values: ArrayLike<number>, shape: number[], begin: number[], size: number[]): number[] {
  const walk = (axis: number, at: number): number[] => {
    if (axis === shape.length) return [values[at]!];
    const rows = Array.from({ length: size[axis]! }, (_, i) => walk(axis + 1, at * shape[axis]! + begin[axis]! + i));
    return rows.flat();
  };
  return walk(0, 0);
}

function made(shape: number[], dtype: 'float32' | 'int32' | 'bool') {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = numbers(size, 1).map((value) =>
    dtype === 'bool' ? Number(value > 0) : dtype === 'int32' ? Math.round(value * 100) | 0 : value,
  );
  return { values, x: tensor([...values], shape, dtype) };
}

describe('cutting tensors', () => {
  test('slice takes the elements of the box', () => {
    fc.assert(
      fc.property(boxes, ({ shape, begin, size, dtype }) => {
        const { values, x } = made(shape, dtype);
        const out = slice(x, begin, size);
        expect(out.shape).toEqual(size);
        expect([...out.dataSync()]).toEqual(boxOf(values, shape, begin, size));
        x.dispose();
        out.dispose();
      }),
    );
  });

  test('split gives parts that follow each other', () => {
    fc.assert(
      fc.property(boxes, fc.nat(4), ({ shape, dtype }, draw) => {
        const axis = draw % shape.length;
        const { values, x } = made(shape, dtype);
        const first = Math.floor(shape[axis]! / 2);
        const sizes = [first, shape[axis]! - first];
        const parts = split(x, sizes, axis);
        let start = 0;
        for (const [i, part] of parts.entries()) {
          const begin = shape.map((_, at) => (at === axis ? start : 0));
          expect([...part.dataSync()]).toEqual(boxOf(values, shape, begin, shape.with(axis, sizes[i]!)));
          start += sizes[i]!;
        }
      }),
    );
  });

  test('unstack drops the axis', () => {
    fc.assert(
      fc.property(boxes, fc.integer({ min: -5, max: 4 }), ({ shape, dtype }, draw) => {
        const axis = draw % shape.length;
        const { values, x } = made(shape, dtype);
        const at = axis < 0 ? axis + shape.length : axis;
        for (const [i, part] of unstack(x, axis).entries()) {
          expect(part.shape).toEqual(shape.toSpliced(at, 1));
          const begin = shape.map((_, a) => (a === at ? i : 0));
          expect([...part.dataSync()]).toEqual(boxOf(values, shape, begin, shape.with(at, 1)));
        }
      }),
    );
  });

  test('stridedSlice takes every so many, backwards too, and keeps the dtype', () => {
    fc.assert(
      fc.property(boxes, fc.constantFrom(1, 2, 3, -1, -2), ({ shape, dtype }, stride) => {
        const { values, x } = made(shape, dtype);
        const last = shape.length - 1;
        const width = shape[last]!;
        const begin = shape.map((_, axis) => (axis === last && stride < 0 ? width - 1 : 0));
        const end = shape.map((size, axis) => (axis === last && stride < 0 ? -width - 1 : size));
        const out = stridedSlice(
          x,
          begin,
          end,
          shape.with(last, stride).map((s, axis) => (axis === last ? s : 1)),
        );
        const expected = Array.from({ length: values.length / width }, (_, row) => {
          const whole = [...values.slice(row * width, (row + 1) * width)];
          return (stride < 0 ? whole.reverse() : whole).filter((_, i) => i % Math.abs(stride) === 0);
        });
        expect(out.dtype).toBe(dtype);
        expect([...out.dataSync()]).toEqual(expected.flat());
      }),
    );
  });

  test('slice keeps strings', () => {
    const words = tensor(['a', 'b', 'c', 'd'], [2, 2], 'string') as Tensor;
    expect(slice(words, [0, 1], [2, 1]).dataSync()).toEqual(['b', 'd'] as never);
  });
});
