import { CheckpointError } from '../errors/kinds.js';
import type { HostTensor } from './HostTensor.js';

/** The elements of one tensor. `bytes` must own its buffer, from its start: it becomes the tensor's data. */
export function readElements(
  tag: string,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
  where: string,
): HostTensor {
  const { buffer } = bytes;
  switch (tag) {
    case 'F64':
      return { dtype: 'float64', shape, data: new Float64Array(buffer) };
    case 'F32':
      return { dtype: 'float32', shape, data: new Float32Array(buffer) };
    case 'F16':
      return { dtype: 'float32', shape, data: Float32Array.from(new Uint16Array(buffer), halfToNumber) };
    case 'BF16':
      return { dtype: 'float32', shape, data: bfloat16(new Uint16Array(buffer)) };
    case 'I64':
      return { dtype: 'int32', shape, data: narrow(new BigInt64Array(buffer), where) };
    case 'I32':
      return { dtype: 'int32', shape, data: new Int32Array(buffer) };
    case 'I16':
      return { dtype: 'int16', shape, data: new Int16Array(buffer) };
    case 'I8':
      return { dtype: 'int8', shape, data: new Int8Array(buffer) };
    case 'U8':
      return { dtype: 'uint8', shape, data: bytes };
    default:
      return { dtype: 'bool', shape, data: truths(bytes, where) };
  }
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent (bias 15), 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16(halves: Uint16Array): Float32Array {
  const whole = new Uint32Array(halves.length);
  halves.forEach((half, i) => {
    whole[i] = half << 16;
  });
  return new Float32Array(whole.buffer);
}

function narrow(wide: BigInt64Array, where: string): Int32Array {
  const misfit = wide.findIndex((value) => value !== BigInt.asIntN(32, value));
  if (misfit !== -1) {
    throw new CheckpointError({
      where,
      problem: 'an I64 value does not fit int32, the only integers that tensors hold',
      expected: 'values from -2147483648 to 2147483647',
      got: `${wide[misfit]} at index ${misfit}`,
      mend: 'save the tensor as F64',
    });
  }
  return Int32Array.from(wide, Number);
}

function truths(bytes: Uint8Array, where: string): Uint8Array {
  const misfit = bytes.findIndex((byte) => byte > 1);
  if (misfit !== -1) {
    throw new CheckpointError({
      where,
      problem: 'a BOOL is neither 0 nor 1',
      got: `${bytes[misfit]} at index ${misfit}`,
      mend: 'the file is damaged: copy or download it again',
    });
  }
  return bytes;
}
