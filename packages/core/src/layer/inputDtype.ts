import { type DataType, getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { DataError, ShapeError } from '../errors/kinds.js';
import { cast } from '../gradients/kernels.js';

/**
 * What a layer's `call` wants an input to be. A dtype: numbers of another one are cast to it. `numbers`: float32, int32
 * or bool, as they come. Undefined: anything at all.
 */
export type InputDtype = 'float32' | 'int32' | 'bool' | 'numbers' | undefined;

/** Where reading a tensor does not wait for a device, so that looking at every value costs next to nothing. */
const SYNCHRONOUS = new Set(['cpu', 'wasm', 'tensorflow']);

/** @throws ShapeError for strings and complex numbers, where numbers are wanted. */
export function checkInputDtype(dtype: DataType, wanted: InputDtype, where: string): void {
  if (wanted === undefined || (dtype !== 'string' && dtype !== 'complex64')) return;
  throw new ShapeError({
    where,
    problem: 'the input does not hold numbers',
    expected:
      wanted === 'numbers' ? 'dtype float32, int32 or bool' : `dtype ${wanted}, or numbers that can be cast to it`,
    got: `dtype ${dtype}`,
    mend:
      dtype === 'string' ? 'turn the words into ids first' : 'feed the real part, the imaginary part or the modulus',
  });
}

/** The input as the layer wants it; itself where it is that already. */
export function castInput(x: Tensor, wanted: InputDtype, where: string): Tensor {
  if (wanted === x.dtype || wanted === undefined) return x;
  checkInputDtype(x.dtype, wanted, where);
  if (wanted === 'numbers') return x;
  if (wanted === 'int32' && x.dtype === 'float32') requireIntegers(x, where);
  return cast(x, wanted);
}

/**
 * The first value that is not an integer from `least` up to `end`, or -1. A loop: a callback for each
 * value would cost what a lookup does. On GPU backends values are not looked at, since reading them would stop the device.
 */
export function firstNotInteger(x: Tensor, least: number, end: number): { at: number; value: number } | undefined {
  if (!SYNCHRONOUS.has(getBackend())) return undefined;
  const values = x.dataSync();
  const whole = x.dtype !== 'float32';
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    // Written so that NaN is found too.
    if (!(value >= least && value < end && (whole || Number.isInteger(value)))) return { at, value };
  }
  return undefined;
}

function requireIntegers(x: Tensor, where: string): void {
  const found = firstNotInteger(x, -(2 ** 31), 2 ** 31);
  if (found === undefined) return;
  throw new DataError({
    where,
    problem: `the value ${found.value} (element ${found.at} of the input) is not an integer`,
    expected: 'whole numbers, for an input of dtype int32',
    got: String(found.value),
    mend: 'round the data, or declare the input with dtype float32',
  });
}
