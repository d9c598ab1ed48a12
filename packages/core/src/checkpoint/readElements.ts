import type { HostTensor } from './HostTensor.js';

/**
 * The elements of one tensor, or why they cannot be had. `bytes` must own its buffer, from its start: it becomes the
 * tensor's data.
 */
export function readElements(
  tag: string,
  shape: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
): HostTensor | string {
  const { buffer } = bytes;
  const whole = (wide: ArrayLike<number | bigint>): HostTensor | string => {
    const data = narrow(tag, wide);
    return typeof data === 'string' ? data : { dtype: 'int32', shape, data };
  };
  switch (tag) {
    case 'F64':
      return { dtype: 'float64', shape, data: new Float64Array(buffer) };
    case 'F32':
      return { dtype: 'float32', shape, data: new Float32Array(buffer) };
    case 'F16':
      return { dtype: 'float32', shape, data: Float32Array.from(new Uint16Array(buffer), halfToNumber) };
    case 'BF16':
      return { dtype: 'float32', shape, data: bfloat16(new Uint16Array(buffer)) };
    case 'U64':
      return whole(new BigUint64Array(buffer));
    case 'I64':
      return whole(new BigInt64Array(buffer));
    case 'U32':
      return whole(new Uint32Array(buffer));
    case 'U16':
      return whole(new Uint16Array(buffer));
    case 'I32':
      return { dtype: 'int32', shape, data: new Int32Array(buffer) };
    case 'I16':
      return { dtype: 'int16', shape, data: new Int16Array(buffer) };
    case 'I8':
      return { dtype: 'int8', shape, data: new Int8Array(buffer) };
    case 'U8':
      return { dtype: 'uint8', shape, data: bytes };
    case 'BOOL': {
      const misfit = bytes.findIndex((byte) => byte > 1);
      if (misfit !== -1) return `a BOOL is neither 0 nor 1: ${bytes[misfit]} at index ${misfit}`;
      return { dtype: 'bool', shape, data: bytes };
    }
    default:
      return tag === 'C64' ? 'complex numbers cannot be weights' : 'no dtype of tensors holds such small numbers';
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

function narrow(tag: string, wide: ArrayLike<number | bigint>): Int32Array | string {
  const data = new Int32Array(wide.length);
  for (let i = 0; i < data.length; i++) {
    const value = wide[i]!;
    data[i] = Number(value);
    // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1
    if (data[i] != value) return `of ${tag}, a value does not fit int32: ${value} at index ${i}`;
  }
  return data;
}
