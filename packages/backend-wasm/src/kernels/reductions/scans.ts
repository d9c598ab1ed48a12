import { Cumprod, Cumsum, type CumsumAttrs, type CumsumInputs, type KernelConfig } from '@tensorflow/tfjs-core';
import { parseAxisParam, sizeFromShape } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { castTo } from '../elementwise/Cast.js';

type Values = { [index: number]: number };

// A loop for each, of one column: one that holds all of them runs ten times slower.
function sums(from: Values, to: Values, at: number, count: number, step: number, exclusive: boolean): void {
  for (let i = 0, all = 0; i < count; i++, at += step) {
    const before = all;
    all += from[at]!;
    to[at] = exclusive ? before : all;
  }
}

function products(from: Values, to: Values, at: number, count: number, step: number, exclusive: boolean): void {
  for (let i = 0, all = 1; i < count; i++, at += step) {
    const before = all;
    all *= from[at]!;
    to[at] = exclusive ? before : all;
  }
}

function wholeProducts(from: Values, to: Values, at: number, count: number, step: number, exclusive: boolean): void {
  for (let i = 0, all = 1; i < count; i++, at += step) {
    const before = all;
    all = Math.imul(all, from[at]!);
    to[at] = exclusive ? before : all;
  }
}

/** Of bools int32, as on the CPU backend; of int32 modulo 2^32. */
function running(kernel: string, product: boolean): KernelConfig {
  return defineKernel<CumsumInputs, CumsumAttrs>(kernel, ({ inputs: { x }, attrs, engine }) => {
    const axis = parseAxisParam(attrs.axis, x.shape)[0]!;
    const numbers = castTo(engine, x, x.dtype === 'bool' ? 'int32' : x.dtype);
    const out = engine.makeOutput(x.shape, numbers.dtype);
    const outer = sizeFromShape(x.shape.slice(0, axis));
    const [count, inner] = [x.shape[axis]!, sizeFromShape(x.shape.slice(axis + 1))];
    // Made after the output, which may have moved the heap.
    const [from, to] = [engine.typedArrayFromHeap(numbers), engine.typedArrayFromHeap(out)];
    const step = attrs.reverse ? -inner : inner;
    const start = attrs.reverse ? (count - 1) * inner : 0;
    const scan = !product ? sums : numbers.dtype === 'int32' ? wholeProducts : products;
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++) scan(from, to, o * count * inner + start + c, count, step, attrs.exclusive);
    }
    engine.disposeData(numbers.dataId);
    return out;
  });
}

/** In float64: a million terms keep seven digits, where tfjs's own lose two. */
export const cumsum = /* @__PURE__ */ running(Cumsum, false);
export const cumprod = /* @__PURE__ */ running(Cumprod, true);
