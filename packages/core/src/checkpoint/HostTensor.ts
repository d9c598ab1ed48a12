/** The arrays that a {@link HostTensor} may hold, by its dtype. */
export interface HostArrays {
  readonly float32: Float32Array;
  readonly float64: Float64Array;
  readonly int32: Int32Array;
  readonly int16: Int16Array;
  readonly int8: Int8Array;
  readonly uint8: Uint8Array;
  /** 0 or 1 a byte. */
  readonly bool: Uint8Array;
}

/** The dtype of a {@link HostTensor}. */
export type HostDType = keyof HostArrays;

/** A tensor outside any backend: what files hold. `data` is row-major, one element a value. */
export type HostTensor = {
  readonly [D in HostDType]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: HostArrays[D] };
}[HostDType];
