// Where Winograd's method would round more than the sum that an output is. Its transforms mix all 36 inputs of a tile, and
// what must cancel again leaves the rounding of the largest: beside one bright pixel that is more than a window of others
// adds up to. contributing/decisions/winograd.md has the bounds. Outputs that are found here are computed directly.

import { fma4 } from './fma';
import { inC, inH, inW, outH, outW, padH, padW } from './geometry';
import { ROOM_BYTES, tiles } from './tile';

/** A weight this many times the mean of its input and output channels makes a filter uneven. */
const UNEVEN: f32 = 32;

/** A pixel with more than this part of its tile's sum has all outputs of the tile computed directly. */
const PEAK: f32 = 0.4;

@inline
function sumLanes(x: v128): f32 {
  const pairs = f32x4.add(x, v128.shuffle<f32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/**
 * scales[input] = the mean size of its weights, as parts of the mean of their outputs'. Says whether the filter is even
 * enough for Winograd's method. Channels are multiples of four, `flip` is winogradFilter's, and `scales` has room for
 * 2 inputs + outputs floats.
 */
export function winogradScales(filter: usize, c: i32, n: i32, flip: i32, scales: usize): i32 {
  const inputs = flip != 0 ? n : c, outputs = flip != 0 ? c : n;
  const largest = scales + (<usize>inputs << 2), ofOutputs = largest + (<usize>inputs << 2);
  const rowBytes = <usize>n << 2;
  memory.fill(scales, 0, <usize>(2 * inputs + outputs) << 2);
  let at = filter;
  for (let tap = 0; tap < 9; tap++) {
    for (let i: usize = 0; i < <usize>c; i++) {
      let all = f32x4.splat(0);
      for (let q: usize = 0; q < rowBytes; q += 16) {
        const size = f32x4.abs(v128.load(at + q));
        if (flip != 0) all = f32x4.add(all, size);
        else v128.store(ofOutputs + q, f32x4.add(v128.load(ofOutputs + q), size));
      }
      if (flip != 0) store<f32>(ofOutputs + (i << 2), load<f32>(ofOutputs + (i << 2)) + sumLanes(all));
      at += rowBytes;
    }
  }
  for (let q: usize = 0; q < <usize>outputs << 2; q += 4) {
    const sum = load<f32>(ofOutputs + q);
    // Sizes whose inverse is no number, NaN among them.
    if (!(sum == 0 || (sum > 1e-30 && sum < 1e30))) return 0;
    store<f32>(ofOutputs + q, sum == 0 ? 0 : <f32>inputs / (<f32>outputs * sum));
  }
  at = filter;
  for (let tap = 0; tap < 9; tap++) {
    for (let i: usize = 0; i < <usize>c; i++) {
      const one = i << 2;
      let all = f32x4.splat(0), most = all;
      for (let q: usize = 0; q < rowBytes; q += 16) {
        const scale = flip != 0 ? v128.load32_splat(ofOutputs + one) : v128.load(ofOutputs + q);
        const part = f32x4.mul(f32x4.abs(v128.load(at + q)), scale);
        if (flip != 0) {
          v128.store(scales + q, f32x4.add(v128.load(scales + q), part));
          v128.store(largest + q, f32x4.max(v128.load(largest + q), part));
        } else {
          all = f32x4.add(all, part);
          most = f32x4.max(most, part);
        }
      }
      if (flip == 0) {
        store<f32>(scales + one, load<f32>(scales + one) + sumLanes(all));
        most = f32x4.max(most, v128.shuffle<f32>(most, most, 2, 3, 0, 1));
        most = f32x4.max(most, v128.shuffle<f32>(most, most, 1, 0, 3, 2));
        store<f32>(largest + one, max(load<f32>(largest + one), f32x4.extract_lane(most, 0)));
      }
      at += rowBytes;
    }
  }
  const weights: i32 = 9 * outputs;
  const mean = UNEVEN / <f32>weights;
  for (let q: usize = 0; q < <usize>inputs << 2; q += 4) {
    if (!(load<f32>(largest + q) <= load<f32>(scales + q) * mean)) return 0;
  }
  return 1;
}

/** sizeOfPixel of four that follow each other, at a time. */
@inline
function sizesOfPixels(x: usize, scales: usize, bytes: usize): v128 {
  const x1 = x + bytes, x2 = x1 + bytes, x3 = x2 + bytes;
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  for (let q: usize = 0; q < bytes; q += 16) {
    const scale = v128.load(scales + q);
    s0 = fma4(f32x4.abs(v128.load(x + q)), scale, s0);
    s1 = fma4(f32x4.abs(v128.load(x1 + q)), scale, s1);
    s2 = fma4(f32x4.abs(v128.load(x2 + q)), scale, s2);
    s3 = fma4(f32x4.abs(v128.load(x3 + q)), scale, s3);
  }
  const low = f32x4.add(v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), v128.shuffle<f32>(s0, s1, 2, 6, 3, 7));
  const high = f32x4.add(v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), v128.shuffle<f32>(s2, s3, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f64>(low, high, 0, 2), v128.shuffle<f64>(low, high, 1, 3));
}

/** The sum of |x| scales over the channels of a pixel. */
@inline
function sizeOfPixel(x: usize, scales: usize, bytes: usize): f32 {
  let sum = f32x4.splat(0);
  for (let q: usize = 0; q < bytes; q += 16) {
    sum = fma4(f32x4.abs(v128.load(x + q)), v128.load(scales + q), sum);
  }
  return sumLanes(sum);
}

/** Bytes of scratch memory of winogradWatch. */
export function winogradWatchScratch(across: i32, bandTiles: i32): i32 {
  return 4 * (4 * bandTiles + 2) * (4 * ((across + 3) >> 2) + 2);
}

/**
 * Finds the outputs whose window has less than a part 1 / `ratio` of what their tile has, by the sums of |x| scales, and those
 * of tiles with a pixel that has more than PEAK of it. An item
 * is a band of `bandTiles` rows of tiles of one image. `found` has 1 + 4 bandTiles outW integers an item: how many there are,
 * and their places among all output positions.
 */
export function winogradWatch(
  g: usize, x: usize, scales: usize, found: usize, bandTiles: i32, ratio: f32, first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), height = inH(g), width = inW(g), down = outH(g), across = outW(g);
  const tilesW = (across + 3) >> 2, tilesH = (down + 3) >> 2;
  const bands = (tilesH + bandTiles - 1) / bandTiles;
  const bytes = <usize>channels << 2;
  const pitch = <usize>(4 * tilesW + 2) << 2;
  const stride = <usize>(1 + 4 * bandTiles * across) << 2;
  const w0 = padW(g);
  for (let item = first; item < last; item++) {
    const image = item / bands;
    const th0 = (item - image * bands) * bandTiles;
    const thEnd = min(tilesH, th0 + bandTiles);
    let row = scratch;
    for (let h = 4 * th0 - padH(g); h < 4 * thEnd + 2 - padH(g); h++) {
      memory.fill(row, 0, pitch);
      if (h >= 0 && h < height) {
        let at = x + <usize>((image * height + h) * width) * bytes;
        const end = min(4 * tilesW + 2, w0 + width);
        let w = w0;
        for (; w + 4 <= end; w += 4) {
          v128.store(row + (<usize>w << 2), sizesOfPixels(at, scales, bytes));
          at += bytes << 2;
        }
        for (; w < end; w++) {
          store<f32>(row + (<usize>w << 2), sizeOfPixel(at, scales, bytes));
          at += bytes;
        }
      }
      row += pitch;
    }
    const list = found + <usize>item * stride;
    let next = list + 4;
    for (let th = th0; th < thEnd; th++) {
      let corner = scratch + <usize>(4 * (th - th0)) * pitch;
      for (let tw = 0; tw < tilesW; tw++) {
        next = watchTile(corner, pitch, ratio, next, (image * down + 4 * th) * across + 4 * tw, across, down - 4 * th, across - 4 * tw);
        corner += 16;
      }
    }
    store<i32>(list, <i32>((next - list) >> 2) - 1);
  }
}

/** Writes the places of a tile's outputs that see too little from `next` on; the address behind them. */
@inline
function watchTile(corner: usize, pitch: usize, ratio: f32, next: usize, place: i32, across: i32, rows: i32, cols: i32): usize {
  const behind = i32x4(0, 0, -1, -1);
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, all = s0, most = s0;
  for (let r = 0; r < 6; r++) {
    const a = v128.load(corner), c = v128.load(corner, 8);
    const three = f32x4.add(f32x4.add(a, v128.load(corner, 4)), c);
    all = f32x4.add(all, f32x4.add(a, v128.and(c, behind)));
    most = f32x4.max(most, f32x4.max(a, c));
    if (r < 3) s0 = f32x4.add(s0, three);
    if (r > 0 && r < 4) s1 = f32x4.add(s1, three);
    if (r > 1 && r < 5) s2 = f32x4.add(s2, three);
    if (r > 2) s3 = f32x4.add(s3, three);
    corner += pitch;
  }
  const sum = sumLanes(all);
  const least = f32x4.splat(sum / ratio);
  const even = f32x4.le(most, f32x4.splat(sum * PEAK));
  // Where one pixel makes up much of the tile, what sees it may do so through a small weight.
  const many = v128.and(even, v128.shuffle<f32>(even, even, 2, 3, 0, 1));
  const enough = v128.and(many, v128.shuffle<f32>(many, many, 1, 0, 3, 2));
  const e0 = v128.and(enough, f32x4.ge(s0, least)), e1 = v128.and(enough, f32x4.ge(s1, least));
  const e2 = v128.and(enough, f32x4.ge(s2, least)), e3 = v128.and(enough, f32x4.ge(s3, least));
  if (i32x4.all_true(v128.and(v128.and(e0, e1), v128.and(e2, e3)))) return next;
  next = putPlaces(e0, next, place, cols);
  if (rows > 1) next = putPlaces(e1, next, place + across, cols);
  if (rows > 2) next = putPlaces(e2, next, place + 2 * across, cols);
  if (rows > 3) next = putPlaces(e3, next, place + 3 * across, cols);
  return next;
}

function putPlaces(enough: v128, next: usize, place: i32, cols: i32): usize {
  const mask = i32x4.bitmask(enough);
  for (let k = 0; k < min(4, cols); k++) {
    if ((mask & (1 << k)) == 0) {
      store<i32>(next, place + k);
      next += 4;
    }
  }
  return next;
}

/** Positions that winogradRepair computes together. */
export const TOGETHER: i32 = 16;

/** Bytes of scratch memory of winogradRepair. */
export function winogradRepairScratch(channels: i32): i32 {
  return ROOM_BYTES + TOGETHER * (36 * channels + 36);
}

/**
 * Computes the outputs at `count` places directly; items are runs of 16 of them. `panels` are packFilter's, the rest is
 * winogradConv's.
 */
export function winogradRepair(
  g: usize, x: usize, panels: usize, bias: usize, activation: i32, alpha: f32, out: usize, n: i32, places: usize, count: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const bytes = <usize>inC(g) << 2, height = inH(g), width = inW(g), across = outW(g), down = outH(g);
  const window = <usize>9 * bytes, outBytes = <usize>n << 2;
  const room = scratch, results = room + ROOM_BYTES, to = results + 32 * TOGETHER, windows = to + 4 * TOGETHER;
  for (let item = first; item < last; item++) {
    let live = 0;
    for (let i = item * TOGETHER; i < min(count, (item + 1) * TOGETHER); i++) {
      const place = load<i32>(places + (<usize>i << 2));
      const line = place / across, image = line / down;
      const h0 = line - image * down - padH(g), w0 = place - line * across - padW(g);
      let put = windows + <usize>live * window;
      let some = i32x4.splat(0);
      for (let h = h0; h < h0 + 3; h++) {
        for (let w = w0; w < w0 + 3; w++) {
          const inside = h >= 0 && h < height && w >= 0 && w < width;
          const from = x + <usize>((image * height + h) * width + w) * bytes;
          for (let q: usize = 0; q < bytes; q += 16) {
            const value = inside ? v128.load(from + q) : i32x4.splat(0);
            some = v128.or(some, value);
            v128.store(put + q, value);
          }
          put += bytes;
        }
      }
      const at = out + <usize>place * outBytes;
      if (v128.any_true(some)) {
        store<usize>(to + (<usize>live << 2), at);
        live++;
      } else {
        for (let j = 0; j < n; j += 8) {
          const column = <usize>j << 2;
          tiles(1, min(8, n - j), 0, windows, 0, 0, 4, panels, 32, at + column, 32, 0, bias == 0 ? 0 : bias + column, activation, alpha, room);
        }
      }
    }
    if (live == 0) continue;
    let panel = panels;
    for (let j = 0; j < n; j += 8) {
      const column = <usize>j << 2;
      const cols = min(8, n - j);
      tiles(
        live, cols, 9 * inC(g), windows, 4 * window, window, 4, panel, 32, results, 32, 0, bias == 0 ? 0 : bias + column, activation, alpha, room,
      );
      for (let i: usize = 0; i < <usize>live; i++) {
        const at = load<usize>(to + (i << 2)) + column;
        v128.store(at, v128.load(results + (i << 5)));
        if (cols > 4) v128.store(at, v128.load(results + (i << 5), 16), 16);
      }
      panel += window << 3;
    }
  }
}
