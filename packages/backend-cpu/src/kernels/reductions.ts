import { requireSome, topK } from '@espalier/core';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, type Override, valuesOf } from './override.js';

/** The sizes and axes of a reduction, from either name that tfjs has for the axes. */
function axesOf({ inputs, attrs }: Call): { x: TensorInfo; axes: number[]; shape: number[] } {
  const x = inputs.x!;
  const axes = util.parseAxisParam((attrs.axis ?? attrs.reductionIndices) as number | number[], x.shape);
  const shape = x.shape.flatMap((size, axis) => (axes.includes(axis) ? (attrs.keepDims === true ? [1] : []) : [size]));
  return { x, axes, shape };
}

/** A fixed answer where there is nothing to reduce. */
const ofNothing =
  (value: number, dtype: string): Override =>
  (call) => {
    const { x, axes, shape } = axesOf(call);
    if (!axes.some((axis) => x.shape[axis] === 0)) return undefined;
    const size = util.sizeFromShape(shape);
    const values = dtype === 'bool' ? new Uint8Array(size) : new Float32Array(size);
    return call.backend.makeTensorInfo(shape, dtype, values.fill(value));
  };

const extreme =
  (kernel: string): Override =>
  (call) => {
    const { x, axes } = axesOf(call);
    requireSome(kernel, x.shape, axes);
    return undefined;
  };

/** Where the first NaN or else the first extreme stands. */
const place =
  (kernel: string, above: (a: number, b: number) => boolean): Override =>
  (call) => {
    const x = call.inputs.x!;
    const axis = util.parseAxisParam(call.attrs.axis as number, x.shape)[0]!;
    requireSome(kernel, x.shape, [axis]);
    const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
    const [count, inner, values] = [x.shape[axis]!, util.sizeFromShape(behind), valuesOf(call, x)];
    const out = new Int32Array(util.sizeFromShape([...before, ...behind]));
    for (let i = 0; i < out.length; i++) {
      const from = Math.floor(i / inner) * count * inner + (i % inner);
      let best = values[from]!;
      for (let k = 1; k < count && !Number.isNaN(best); k++) {
        const value = values[from + k * inner]!;
        if (above(value, best) || Number.isNaN(value)) {
          best = value;
          out[i] = k;
        }
      }
    }
    return call.backend.makeTensorInfo([...before, ...behind], 'int32', out);
  };

/** tfjs's own shapes the result wrongly where the axis is counted from the end. */
const scan: Override = ({ inputs, attrs, theirs }) => {
  const axis = util.parseAxisParam(attrs.axis as number, inputs.x!.shape)[0]!;
  return theirs({ attrs: { ...attrs, axis } });
};

/** tfjs's own passes over NaN: a window with one is NaN. */
const maxPool: Override = (call) => {
  const x = call.inputs.x!;
  const marks = Float32Array.from(valuesOf(call, x), (value) => Number(Number.isNaN(value)));
  if (!marks.includes(1)) return undefined;
  const marked = call.backend.makeTensorInfo(x.shape, 'float32', marks);
  const [found, out] = [call.theirs({ inputs: { x: marked } }), call.theirs()];
  const [flags, values] = [valuesOf(call, found), valuesOf(call, out)];
  const result = Float32Array.from(values, (value, i) => (flags[i] === 1 ? Number.NaN : value));
  for (const info of [marked, found, out]) call.backend.disposeIntermediateTensorInfo(info);
  return call.backend.makeTensorInfo(out.shape, 'float32', result);
};

/** NaN above all, and -infinity not the lowest that there is: tfjs's own looks for what is above that, and finds nothing. */
const rank = (x: number): number =>
  Number.isNaN(x) ? Number.POSITIVE_INFINITY : Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) * 1e300 : x;

/** tfjs's own loses the gradient of windows whose largest number is -infinity, and gives that of NaN to another. */
const maxPoolGradient: Override = (call) => {
  const input = call.inputs.input!;
  const values = valuesOf(call, input);
  if (Array.prototype.every.call(values, Number.isFinite)) return undefined;
  const ranks = call.backend.makeTensorInfo(input.shape, 'float32', Float64Array.from(values, rank));
  const out = call.theirs({ inputs: { ...call.inputs, input: ranks } });
  call.backend.disposeIntermediateTensorInfo(ranks);
  return out;
};

/** tfjs's own gives the gradient of equal numbers to the last, where pooling in two axes gives it to the first. */
const maxPool3dGradient: Override = (call) => {
  const input = call.inputs.input!;
  const values = Float64Array.from(valuesOf(call, input), rank);
  const ranks = new Float64Array(values.length);
  const order = Array.from(values.keys()).sort((a, b) => (values[a] === values[b] ? b - a : values[a]! - values[b]!));
  for (const [place, at] of order.entries()) ranks[at] = place;
  const ranked = call.backend.makeTensorInfo(input.shape, 'float32', ranks);
  const out = call.theirs({ inputs: { ...call.inputs, input: ranked } });
  call.backend.disposeIntermediateTensorInfo(ranked);
  return out;
};

/** tfjs's own makes floats of integers. */
const segmentSum: Override = ({ inputs, attrs, backend }) => {
  const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
  if (x.dtype !== 'int32') return undefined;
  const [ids, values, count] = [
    valuesOf({ backend }, segmentIds),
    valuesOf({ backend }, x),
    attrs.numSegments as number,
  ];
  const shape = [count, ...x.shape.slice(segmentIds.shape.length)];
  const out = new Int32Array(util.sizeFromShape(shape));
  const inner = util.sizeFromShape(shape.slice(1));
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    for (let k = 0; id >= 0 && id < count && k < inner; k++) out[id * inner + k]! += values[i * inner + k]!;
  }
  return backend.makeTensorInfo(shape, 'int32', out);
};

/** Reductions that tfjs's plain engine has wrong of nothing, of NaN, or along axes from the end. */
export const reductions: Readonly<Record<string, Override>> = {
  All: ofNothing(1, 'bool'),
  Any: ofNothing(0, 'bool'),
  ArgMax: place('ArgMax', (a, b) => a > b),
  ArgMin: place('ArgMin', (a, b) => a < b),
  Cumprod: scan,
  Cumsum: scan,
  Max: extreme('Max'),
  MaxPool: maxPool,
  MaxPool3D: maxPool,
  MaxPool3DGrad: maxPool3dGradient,
  MaxPoolGrad: maxPoolGradient,
  Mean: ofNothing(Number.NaN, 'float32'),
  Min: extreme('Min'),
  UnsortedSegmentSum: segmentSum,
  TopK: (call) => {
    const x = call.inputs.x!;
    const values = valuesOf(call, x);
    if (x.dtype !== 'float32' || !Array.prototype.some.call(values, Number.isNaN)) return undefined;
    const k = call.attrs.k as number;
    const best = topK(values, x.shape[x.shape.length - 1]!, k);
    const shape = [...x.shape.slice(0, -1), k];
    return [
      call.backend.makeTensorInfo(shape, 'float32', Float32Array.from(best.values)),
      call.backend.makeTensorInfo(shape, 'int32', Int32Array.from(best.indices)),
    ];
  },
};
