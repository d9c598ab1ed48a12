/** The arrays that a {@link HostTensor} may hold, by its dtype. Tensors have the dtypes float32, int32 and bool. */
export interface HostArrays {
  /** What weights are. */
  readonly float32: Float32Array;
  /** In files only; becomes float32. */
  readonly float64: Float64Array;
  /** Whole numbers of tensors. */
  readonly int32: Int32Array;
  /** In files only; becomes int32. */
  readonly int16: Int16Array;
  /** In files only; becomes int32. */
  readonly int8: Int8Array;
  /** In files only; becomes int32. */
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
