import { integers, requireDivisors, toInt32 } from '@espalier/core';
import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { type Call, type Override, valuesOf } from './override.js';

/** f of every number, as a float. */
const ofFloats =
  (f: (x: number) => number): Override =>
  (call) => {
    const x = call.inputs.x!;
    return call.backend.makeTensorInfo(
      x.shape,
      'float32',
      Float32Array.from(valuesOf(call, x) as ArrayLike<number>, f),
    );
  };

/** f of every integer. */
const ofIntegers =
  (f: (x: number) => number): Override =>
  (call) => {
    const x = call.inputs.x!;
    if (x.dtype !== 'int32') return undefined;
    return call.backend.makeTensorInfo(x.shape, 'int32', Int32Array.from(valuesOf(call, x), f));
  };

function pairs(call: Call, f: (a: number, b: number) => number, dtype: 'int32' | 'float32'): TensorInfo {
  const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
  const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const to =
    dtype === 'int32' ? new Int32Array(util.sizeFromShape(shape)) : new Float32Array(util.sizeFromShape(shape));
  const [left, right] = [valuesOf(call, a), valuesOf(call, b)];
  const strides = [a, b].map((x) => stepsOf(x.shape, shape));
  for (let i = 0; i < to.length; i++) {
    let [rest, ofA, ofB] = [i, 0, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const place = rest % shape[axis]!;
      ofA += place * strides[0]![axis]!;
      ofB += place * strides[1]![axis]!;
      rest = (rest - place) / shape[axis]!;
    }
    to[i] = f(left[ofA]!, right[ofB]!);
  }
  return call.backend.makeTensorInfo(shape, dtype, to);
}

/** How far apart neighbours along each axis of `out` are in a tensor that is broadcast to it. */
function stepsOf(shape: readonly number[], out: readonly number[]): number[] {
  const steps = new Array<number>(out.length).fill(0);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis + out.length - shape.length] = shape[axis] === 1 ? 0 : step;
    step *= shape[axis]!;
  }
  return steps;
}

const ofPairs =
  (dtype: 'int32' | 'float32', f: (a: number, b: number) => number, divides?: string): Override =>
  (call) => {
    const { a, b } = call.inputs as { a: TensorInfo; b: TensorInfo };
    if (a.dtype !== dtype || b.dtype !== dtype) return undefined;
    if (divides !== undefined && util.sizeFromShape(a.shape) > 0) requireDivisors(divides, valuesOf(call, b));
    return pairs(call, f, dtype);
  };

/** As float32, whatever it is: tfjs's own cuts the results of integers to integers. */
const asFloats: Override = ({ inputs, backend, theirs }) => {
  if (Object.values(inputs).every(({ dtype }) => dtype === 'float32')) return undefined;
  const floats = Object.entries(inputs).map(([name, x]) => {
    const values = Float32Array.from(valuesOf({ backend }, x) as ArrayLike<number>);
    return [name, backend.makeTensorInfo(x.shape, 'float32', values)] as const;
  });
  const out = theirs({ inputs: Object.fromEntries(floats) });
  for (const [, x] of floats) backend.disposeIntermediateTensorInfo(x);
  return out;
};

/** The functions that have no whole numbers for results. */
const fractions = [
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atan2',
  'Atanh',
  'Expm1',
  'LeakyRelu',
  'Log1p',
  'Reciprocal',
  'Sinh',
  'Softplus',
];

/** The first that has something to say. */
const either =
  (...overrides: Override[]): Override =>
  (call) => {
    for (const one of overrides) {
      const result = one(call);
      if (result !== undefined) return result;
    }
    return undefined;
  };

/** erf x: its series up to 3, then what is left by an asymptotic one. */
function erf(x: number): number {
  const t = Math.abs(x);
  if (!(t < 3)) {
    const s = 1 / (2 * t * t);
    const rest = (Math.exp(-t * t) / (t * Math.sqrt(Math.PI))) * (1 - s * (1 - 3 * s * (1 - 5 * s * (1 - 7 * s))));
    return Number.isNaN(x) ? x : Math.sign(x) * (t > 6 ? 1 : 1 - rest);
  }
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const [SELU_SCALE, SELU_ALPHA] = [1.0507009873554805, 1.6732632423543772];

/** Functions of elements that tfjs's plain engine has wrong near 0, of NaN, or of integers beyond 2^53 or 2^31. */
export const elements: Readonly<Record<string, Override>> = {
  ...Object.fromEntries(fractions.map((kernel) => [kernel, asFloats])),
  Abs: ofIntegers((x) => Math.abs(x) | 0),
  Cast: (call) => {
    const x = call.inputs.x!;
    if (x.dtype !== 'float32' || call.attrs.dtype !== 'int32') return undefined;
    return call.backend.makeTensorInfo(x.shape, 'int32', Int32Array.from(valuesOf(call, x), toInt32));
  },
  Elu: ofFloats((x) => (x < 0 ? Math.expm1(x) : x)),
  Erf: ofFloats(erf),
  FloorDiv: either(
    ofPairs('int32', integers.floorDiv, 'FloorDiv'),
    ofPairs('float32', (a, b) => Math.floor(Math.fround(a / b))),
  ),
  Mod: ofPairs('int32', integers.mod, 'Mod'),
  Multiply: ofPairs('int32', integers.mul),
  Pow: either(
    ofPairs('int32', integers.power),
    // JavaScript alone says that (±1)^±infinity and 1^NaN are no numbers.
    ofPairs('float32', (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b)),
  ),
  Selu: ofFloats((x) => SELU_SCALE * (x < 0 ? SELU_ALPHA * Math.expm1(x) : x)),
  Sign: (call) => (call.inputs.x!.dtype === 'float32' ? ofFloats(Math.sign)(call) : undefined),
  Square: ofIntegers((x) => Math.imul(x, x)),
  SquaredDifference: ofPairs('int32', (a, b) => Math.imul((a - b) | 0, (a - b) | 0)),
};
