import type { Rng } from '@espalier/core';

/** Numbers at which readers of files go wrong: nothing, signs, all bits, one too many. */
const INTEGERS = [
  0, 1, 2, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff,
];

type Mutation = (bytes: Uint8Array, rng: Rng, corpus: readonly Uint8Array[]) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, rng) {
    if (bytes.length > 0) bytes[rng.integer(bytes.length)]! ^= 1 << rng.integer(8);
    return bytes;
  },
  function setByte(bytes, rng) {
    if (bytes.length > 0) bytes[rng.integer(bytes.length)] = rng.integer(256);
    return bytes;
  },
  function setInteger(bytes, rng) {
    const width = [1, 2, 4, 8][rng.integer(4)]!;
    if (bytes.length < width) return bytes;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const at = rng.integer(bytes.length - width + 1);
    const value = INTEGERS[rng.integer(INTEGERS.length)]!;
    const little = rng.integer(2) === 1;
    if (width === 1) view.setUint8(at, value);
    else if (width === 2) view.setUint16(at, value, little);
    else if (width === 4) view.setUint32(at, value, little);
    else view.setBigUint64(at, rng.integer(2) === 1 ? BigInt(value) : BigInt(value) << 32n, little);
    return bytes;
  },
  // A digit in a text format, which a random byte hardly ever hits.
  function setDigit(bytes, rng) {
    const at = rng.integer(Math.max(1, bytes.length));
    for (let i = 0; i < bytes.length; i++) {
      const place = (at + i) % bytes.length;
      if (bytes[place]! < 0x30 || bytes[place]! > 0x39) continue;
      bytes[place] = '0123456789-e.'.charCodeAt(rng.integer(13));
      break;
    }
    return bytes;
  },
  function truncate(bytes, rng) {
    return bytes.slice(0, rng.integer(bytes.length + 1));
  },
  function remove(bytes, rng) {
    const [start, end] = range(bytes, rng);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  function duplicate(bytes, rng) {
    const [start, end] = range(bytes, rng);
    const times = 1 + rng.integer(rng.integer(10) === 0 ? 200 : 3);
    return joined(
      bytes.subarray(0, end),
      ...new Array<Uint8Array>(times).fill(bytes.subarray(start, end)),
      bytes.subarray(end),
    );
  },
  function move(bytes, rng) {
    const [start, end] = range(bytes, rng);
    const rest = joined(bytes.subarray(0, start), bytes.subarray(end));
    const at = rng.integer(rest.length + 1);
    return joined(rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at));
  },
  function insert(bytes, rng) {
    const at = rng.integer(bytes.length + 1);
    const constant = rng.integer(2) === 0 ? rng.integer(256) : undefined;
    const block = Uint8Array.from({ length: 1 + rng.integer(32) }, () => constant ?? rng.integer(256));
    return joined(bytes.subarray(0, at), block, bytes.subarray(at));
  },
  function overwrite(bytes, rng) {
    const [start, end] = range(bytes, rng);
    bytes.fill([0, 0xff, rng.integer(256)][rng.integer(3)]!, start, end);
    return bytes;
  },
  function splice(bytes, rng, corpus) {
    const other = corpus[rng.integer(corpus.length)]!;
    return joined(bytes.subarray(0, rng.integer(bytes.length + 1)), other.subarray(rng.integer(other.length + 1)));
  },
];

/**
 * One of the corpus, damaged by one to four changes: bits, bytes and integers set, blocks removed, repeated, moved, filled
 * or inserted, the end cut off, the end of another file put in its place.
 */
export function mutate(corpus: readonly Uint8Array[], rng: Rng): Uint8Array {
  let bytes: Uint8Array = corpus[rng.integer(corpus.length)]!.slice();
  const changes = 1 + rng.integer(4);
  for (let i = 0; i < changes; i++) bytes = MUTATIONS[rng.integer(MUTATIONS.length)]!(bytes, rng, corpus);
  return bytes;
}

/** A block, mostly a short one: those hit fields of headers. */
function range(bytes: Uint8Array, rng: Rng): [number, number] {
  const start = rng.integer(bytes.length + 1);
  const most = rng.integer(3) === 0 ? bytes.length : 16;
  return [start, Math.min(bytes.length, start + 1 + rng.integer(most + 1))];
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
