const K0 = 0xc3a5c85c97cb3127n;
const K1 = 0xb492b66fbe98f273n;
const K2 = 0x9ae16a3b2f90404fn;

const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const mixed = (value: bigint): bigint => value ^ (value >> 47n);
const rotated = (value: bigint, by: bigint): bigint => u64((value >> by) | (value << (64n - by)));

function hash16(u: bigint, v: bigint, factor: bigint): bigint {
  const a = mixed(u64((u ^ v) * factor));
  return u64(mixed(u64((v ^ a) * factor)) * factor);
}

type Pair = readonly [bigint, bigint];

/**
 * FarmHash's 64-bit fingerprint of bytes, which stays the same on every platform and for all time.
 * Source: https://github.com/google/farmhash (farmhashna::Hash64).
 */
export function fingerprint64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const size = bytes.length;
  const long = (at: number): bigint => view.getBigUint64(at, true);
  const fromEnd = (distance: number): bigint => long(size - distance);
  const factor = K2 + 2n * BigInt(size);
  if (size <= 16) return short(view, size, u64(factor));
  if (size <= 32) {
    const [a, b, c, d] = [u64(long(0) * K1), long(8), u64(fromEnd(8) * factor), u64(fromEnd(16) * K2)];
    return hash16(
      u64(rotated(u64(a + b), 43n) + rotated(c, 30n) + d),
      u64(a + rotated(u64(b + K2), 18n) + c),
      u64(factor),
    );
  }
  if (size <= 64) {
    const [a, b, c, d] = [u64(long(0) * K2), long(8), u64(fromEnd(8) * factor), u64(fromEnd(16) * K2)];
    const y = u64(rotated(u64(a + b), 43n) + rotated(c, 30n) + d);
    const z = hash16(y, u64(a + rotated(u64(b + K2), 18n) + c), u64(factor));
    const [e, f] = [u64(long(16) * factor), long(24)];
    const [g, h] = [u64((y + fromEnd(32)) * factor), u64((z + fromEnd(24)) * factor)];
    return hash16(
      u64(rotated(u64(e + f), 43n) + rotated(g, 30n) + h),
      u64(e + rotated(u64(f + a), 18n) + g),
      u64(factor),
    );
  }
  return ofLong(long, size);
}

function short(view: DataView, size: number, factor: bigint): bigint {
  if (size >= 8) {
    const a = u64(view.getBigUint64(0, true) + K2);
    const b = view.getBigUint64(size - 8, true);
    return hash16(u64(rotated(b, 37n) * factor + a), u64((rotated(a, 25n) + b) * factor), factor);
  }
  if (size >= 4) {
    const [first, last] = [BigInt(view.getUint32(0, true)), BigInt(view.getUint32(size - 4, true))];
    return hash16(u64(BigInt(size) + (first << 3n)), last, factor);
  }
  if (size === 0) return K2;
  const at = (place: number): bigint => BigInt(view.getUint8(place));
  const y = at(0) + (at(size >> 1) << 8n);
  const z = BigInt(size) + (at(size - 1) << 2n);
  return u64(mixed(u64(y * K2) ^ u64(z * K0)) * K2);
}

/** Thirty-two bytes and two seeds. */
function weak(long: (at: number) => bigint, at: number, first: bigint, second: bigint): Pair {
  let a = u64(first + long(at));
  let b = rotated(u64(second + a + long(at + 24)), 21n);
  const c = a;
  a = u64(a + long(at + 8) + long(at + 16));
  b = u64(b + rotated(a, 44n));
  return [u64(a + long(at + 24)), u64(b + c)];
}

/** Beyond 64 bytes: 56 bytes of state, moved on by 64 bytes at a time, the last of them once more. */
function ofLong(long: (at: number) => bigint, size: number): bigint {
  let [x, y, z] = [81n, u64(81n * K1 + 113n), 0n];
  z = u64(mixed(u64(y * K2 + 113n)) * K2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = u64(x * K2 + long(0));
  const step = (at: number, factor: bigint, nine: bigint): void => {
    x = u64(rotated(u64(x + y + v[0] + long(at + 8)), 37n) * factor);
    y = u64(rotated(u64(y + v[1] + long(at + 48)), 42n) * factor);
    x ^= u64(w[1] * nine);
    y = u64(y + v[0] * nine + long(at + 40));
    z = u64(rotated(u64(z + w[0]), 33n) * factor);
    v = weak(long, at, u64(v[1] * factor), u64(x + w[0]));
    w = weak(long, at + 32, u64(z + w[1]), u64(y + long(at + 16)));
    [z, x] = [x, z];
  };
  const end = Math.floor((size - 1) / 64) * 64;
  for (let at = 0; at < end; at += 64) step(at, K1, 1n);
  const factor = u64(K1 + ((z & 0xffn) << 1n));
  w = [u64(w[0] + BigInt((size - 1) & 63)), w[1]];
  v = [u64(v[0] + w[0]), v[1]];
  w = [u64(w[0] + v[0]), w[1]];
  step(size - 64, factor, 9n);
  return hash16(u64(hash16(v[0], w[0], factor) + mixed(y) * K0 + z), u64(hash16(v[1], w[1], factor) + x), factor);
}
