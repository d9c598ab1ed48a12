import { ValueError } from '../errors/kinds.js';
import { arrayKind, isGone } from './arrayKind.js';

/** The typed arrays that values may come in. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/**
 * The values of a typed array of any kind and realm in one of the three that tensors are made from: those of 32-bit floats,
 * 32-bit integers and bytes as they are and without a copy, smaller numbers as float32, float64 rounded to float32, larger
 * integers as int32. Undefined where it is no typed array.
 *
 * @throws ValueError where an integer does not fit int32, or the memory was transferred away.
 */
export function numbersOf(values: unknown, where: string): Float32Array | Int32Array | Uint8Array | undefined {
  const kind = arrayKind(values);
  if (kind === undefined) return undefined;
  const view = values as TypedArray;
  if (isGone(view)) {
    throw new ValueError({ where, problem: 'the memory of this array was transferred away or shrunk', got: kind });
  }
  switch (kind) {
    case 'Float32Array':
      return own(Float32Array, view);
    case 'Int32Array':
      return own(Int32Array, view);
    case 'Uint8Array':
    case 'Uint8ClampedArray':
      return own(Uint8Array, view);
    case 'Uint32Array':
    case 'BigInt64Array':
    case 'BigUint64Array':
      return wholeNumbers(view as ArrayLike<number | bigint>, where);
    default:
      return new Float32Array(view as Exclude<TypedArray, BigInt64Array | BigUint64Array>);
  }
}

/** The values as int32. @throws ValueError at the first that is not a whole number or does not fit. */
export function wholeNumbers(values: ArrayLike<number | bigint>, where: string): Int32Array {
  const whole = new Int32Array(values.length);
  for (let i = 0; i < whole.length; i++) {
    const value = values[i]!;
    whole[i] = Number(value);
    // Loose, as a bigint may stand for the same number.
    // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1
    if (whole[i] == value) continue;
    throw new ValueError({
      where: `${where}[${i}]`,
      problem: 'the value does not fit int32, the only integers that tensors hold',
      expected: 'whole numbers from -2147483648 to 2147483647',
      got: String(value),
    });
  }
  return whole;
}

type Own<A> = new (memory: ArrayLike<number> | ArrayBufferLike, from?: number, length?: number) => A;

/** The same values in an array of this realm and no subclass: on the same memory, unless that can shrink. */
function own<A>(OwnArray: Own<A>, view: TypedArray): A {
  const { buffer, byteOffset, length } = view;
  if ((buffer as { readonly resizable?: boolean }).resizable === true)
    return new OwnArray(view as unknown as ArrayLike<number>);
  return view.constructor === OwnArray ? (view as A) : new OwnArray(buffer, byteOffset, length);
}
