// Convolution with 3 x 3 filters and unit strides by Winograd's method: tiles of 4 x 4 outputs, whose transforms are
// multiplied as 36 matrix products [tiles, inputs] x [inputs, outputs].

import { activate } from './activation';
import { batch, inC, inH, inW, outC, outH, outW, padH, padW } from './geometry';
import { packPanels } from './pack';
import { ROOM_BYTES, tiles } from './tile';
import { filterLine, inputSquare, resultLine, sawNonFinite, SQUARE, watch } from './winograd';

/** Squares of the same element lie a line of the cache more than a power of two apart, so that they do not evict each other. */
export const APART: usize = 64;

/**
 * Panels of eight output channels of the transformed filter, [ceil(outputs / 8), 36, inputs, 8]; items are panels. With
 * `flip`, of the filter [3, 3, c, n] that carries gradients back: taps in reverse, inputs n, outputs c.
 * `scratch` holds SQUARE bytes and [9, inputs, 8] floats.
 */
export function winogradFilter(
  filter: usize, c: i32, n: i32, flip: i32, panels: usize, first: i32, last: i32, scratch: usize,
): void {
  const inputs = flip != 0 ? n : c, outputs = flip != 0 ? c : n;
  const laneStride = flip != 0 ? n : 1, depthStride = flip != 0 ? 1 : n;
  const taps = scratch + SQUARE;
  const tapBytes = <usize>inputs << 5;
  for (let panel = first; panel < last; panel++) {
    const j = panel << 3;
    for (let tap = 0; tap < 9; tap++) {
      const from = filter + (<usize>((flip != 0 ? 8 - tap : tap) * c * n + j * laneStride) << 2);
      packPanels(taps + <usize>tap * tapBytes, 8, min(8, outputs - j), inputs, from, laneStride, depthStride);
    }
    const to = panels + <usize>panel * 36 * tapBytes;
    for (let at: usize = 0; at < tapBytes; at += 16) {
      for (let kw: usize = 0; kw < 3; kw++) {
        const column = taps + kw * tapBytes + at;
        filterLine(
          v128.load(column), v128.load(column + 3 * tapBytes), v128.load(column + 6 * tapBytes), scratch + (kw << 4), 96,
        );
      }
      let put = to + at;
      for (let line = scratch; line < scratch + SQUARE; line += 96) {
        filterLine(v128.load(line), v128.load(line, 16), v128.load(line, 32), put, tapBytes);
        put += 6 * tapBytes;
      }
    }
  }
}

/** Bytes of scratch memory of winogradConv. */
export function winogradScratch(channels: i32, perItem: i32): f64 {
  const plane = 4 * <f64>perItem * (<f64>channels + 8) + 2 * <f64>APART;
  return <f64>(SQUARE + ROOM_BYTES) + 24 * <f64>channels + 36 * plane;
}

/**
 * out = activation(x * filter + bias) for the items first … last - 1; an item is a run of `perItem` tiles. Channels are
 * multiples of four. `flags` has an integer for each item: not 0 where a result is not finite. It is then to be computed
 * in another way, since a value that is not finite reaches all of its tile.
 */
export function winogradConv(
  g: usize, x: usize, panels: usize, bias: usize, activation: i32, alpha: f32, out: usize, flags: usize, perItem: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), n = outC(g), height = inH(g), width = inW(g), down = outH(g), across = outW(g);
  const tilesW = (across + 3) >> 2, tilesH = (down + 3) >> 2;
  const total = batch(g) * tilesH * tilesW;
  const imageBytes = <usize>(height * width * channels) << 2;
  const rowBytes = <usize>channels << 2;
  const square = scratch, room = square + SQUARE, zeros = room + ROOM_BYTES, v = zeros + 6 * rowBytes;
  const plane = <usize>perItem * rowBytes + APART;
  const m = v + 36 * plane;
  const mPlane = (<usize>perItem << 5) + APART;
  const panelBytes = rowBytes << 3;
  memory.fill(zeros, 0, 6 * rowBytes);
  for (let item = first; item < last; item++) {
    const t0 = item * perItem;
    const count = min(perItem, total - t0);
    const image0 = t0 / (tilesW * tilesH);
    const in0 = t0 - image0 * (tilesW * tilesH);
    const th0 = in0 / tilesW, tw0 = in0 - th0 * tilesW;
    let image = image0, th = th0, tw = tw0;
    for (let t = 0; t < count; t++) {
      inputSquare(
        x + <usize>image * imageBytes, height, width, channels, (th << 2) - padH(g), (tw << 2) - padW(g),
        v + <usize>t * rowBytes, plane, zeros, square,
      );
      if (++tw == tilesW) {
        tw = 0;
        if (++th == tilesH) {
          th = 0;
          image++;
        }
      }
    }
    let sum = f32x4.splat(0);
    let b = panels;
    for (let j = 0; j < n; j += 8) {
      for (let p: usize = 0; p < 36; p++) {
        tiles(count, 8, channels, v + p * plane, 4 * rowBytes, rowBytes, 4, b, 32, m + p * mPlane, 32, 0, 0, 0, 0, room);
        b += panelBytes;
      }
      const halves = n - j > 4 ? 2 : 1;
      image = image0;
      th = th0;
      tw = tw0;
      for (let t = 0; t < count; t++) {
        const oh = th << 2, ow = tw << 2;
        for (let half = 0; half < halves; half++) {
          const channel = <usize>(j + 4 * half) << 2;
          const to = out + (<usize>(((image * down + oh) * across + ow) * n) << 2) + channel;
          sum = putTile(
            m + (<usize>t << 5) + (<usize>half << 4), mPlane, square, to, n, across, min(4, down - oh), min(4, across - ow),
            bias == 0 ? 0 : bias + channel, activation, alpha, sum,
          );
        }
        if (++tw == tilesW) {
          tw = 0;
          if (++th == tilesH) {
            th = 0;
            image++;
          }
        }
      }
    }
    store<i32>(flags + (<usize>item << 2), sawNonFinite(sum));
  }
}

/** Four channels of a tile. */
function putTile(
  m: usize, plane: usize, square: usize, to: usize, n: i32, across: i32, rows: i32, cols: i32,
  bias: usize, activation: i32, alpha: f32, sum: v128,
): v128 {
  const step = <usize>n << 2;
  const add = bias == 0 ? f32x4.splat(0) : v128.load(bias);
  for (let q: usize = 0; q < 6; q++) resultLine(m + q * plane, 6 * plane, square + (q << 4), 96, 4);
  const line = square + 384;
  let from = square;
  for (let i = 0; i < rows; i++) {
    resultLine(from, 16, line, 16, 4);
    let put = to;
    for (let k = 0; k < cols; k++) {
      const y = v128.load(line + (<usize>k << 4));
      sum = watch(sum, y);
      let z = f32x4.add(y, add);
      if (activation != 0) z = activate(z, activation, alpha);
      v128.store(put, z);
      put += step;
    }
    from += 96;
    to += <usize>across * step;
  }
  return sum;
}
