/**
 * The kind of a typed array, such as `Float32Array`, whatever subclass it is of and from whichever page, frame, worker or
 * `vm` context it comes, where `instanceof` fails; undefined for anything else, DataViews among it.
 */
export function arrayKind(value: unknown): string | undefined {
  const shared = Object.getPrototypeOf(Uint8Array.prototype) as object;
  return Object.getOwnPropertyDescriptor(shared, Symbol.toStringTag)?.get?.call(value) as string | undefined;
}

/** Whether memory can change its size, or be changed by another thread, while somebody reads it. */
export function isFluid(buffer: ArrayBufferLike): boolean {
  const { resizable } = buffer as { readonly resizable?: boolean };
  return resizable === true || Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]';
}

/** Whether a view lies in memory that was transferred away or has shrunk; reading it would give nothing, silently. */
export function isGone(view: ArrayBufferView): boolean {
  try {
    // What both kinds of view refuse when their memory is gone; a length is 0 then.
    if (arrayKind(view) === undefined) void view.byteLength;
    else Uint8Array.prototype.keys.call(view as Uint8Array);
    return false;
  } catch {
    return true;
  }
}
