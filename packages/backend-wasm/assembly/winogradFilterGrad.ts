// The gradient of a 3 x 3 filter under unit strides by Winograd's method: the transforms of 6 x 6 inputs and 4 x 4 elements
// of dy are multiplied as 36 matrix products [inputs, tiles] x [tiles, outputs], and the sums transformed back once.

import { batch, inC, inH, inW, outC, outH, outW, padH, padW } from './geometry';
import { ROOM_BYTES, tiles } from './tile';
import { fma4 } from './fma';
import { gradientLine, inputSquare, resultLine, sawNonFinite, SQUARE, watch } from './winograd';
import { APART } from './winogradConv';

/** Bytes of scratch memory of winogradFilterGrad. */
export function winogradGradScratch(channels: i32, outputs: i32, perBlock: i32): f64 {
  const sums = 36 * 32 * <f64>channels * <f64>((outputs + 7) >> 3);
  const plane = 4 * <f64>perBlock * (<f64>channels + 8) + 2 * <f64>APART;
  return <f64>(SQUARE + ROOM_BYTES) + 24 * <f64>channels + 36 * plane + sums;
}

/** The transform of 4 x 4 elements of dy, four channels at a time; `rows` and `cols` of them exist. */
@inline
function gradientSquare(dy: usize, row: usize, pixel: usize, rows: i32, cols: i32, to: usize, plane: usize, square: usize): void {
  const zero = f32x4.splat(0);
  for (let j = 0; j < 4; j++) {
    const there = j < cols;
    gradientLine(
      there ? v128.load(dy) : zero,
      there && rows > 1 ? v128.load(dy + row) : zero,
      there && rows > 2 ? v128.load(dy + 2 * row) : zero,
      there && rows > 3 ? v128.load(dy + 3 * row) : zero,
      square + (<usize>j << 4), 96,
    );
    dy += pixel;
  }
  for (let line = square; line < square + SQUARE; line += 96) {
    gradientLine(v128.load(line), v128.load(line, 16), v128.load(line, 32), v128.load(line, 48), to, plane);
    to += 6 * plane;
  }
}

/**
 * partials[item] = [3, 3, inputs, outputs], the sum over the item's run of `perItem` images, `perBlock` tiles at a time;
 * flags as in winogradConv. `odd`, if it is not 0, has an integer for each tile: not 0 where it is to be computed directly.
 */
export function winogradFilterGrad(
  g: usize, x: usize, dy: usize, partials: usize, flags: usize, odd: usize, perItem: i32, perBlock: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const channels = inC(g), n = outC(g), height = inH(g), width = inW(g), down = outH(g), across = outW(g);
  const tilesW = (across + 3) >> 2, tilesH = (down + 3) >> 2, perImage = tilesW * tilesH;
  const imageBytes = <usize>(height * width * channels) << 2;
  const rowBytes = <usize>channels << 2, pixel = <usize>n << 2, dyRow = <usize>across * pixel;
  const square = scratch, room = square + SQUARE, zeros = room + ROOM_BYTES, v = zeros + 6 * rowBytes;
  const plane = <usize>perBlock * rowBytes + APART;
  const d = v + 36 * plane;
  const dPlane = (<usize>perBlock << 5) + APART;
  const sums = d + 36 * dPlane;
  const panelBytes = rowBytes << 3;
  memory.fill(zeros, 0, 6 * rowBytes);
  for (let item = first; item < last; item++) {
    const start = item * perItem * perImage;
    const end = min(batch(g), (item + 1) * perItem) * perImage;
    for (let t0 = start; t0 < end; t0 += perBlock) {
      const count = min(perBlock, end - t0);
      for (let t = 0; t < count; t++) {
        const image = (t0 + t) / perImage, inside = t0 + t - image * perImage;
        const th = inside / tilesW, tw = inside - th * tilesW;
        if (isOdd(odd, t0 + t)) {
          zeroSquare(v + <usize>t * rowBytes, plane, rowBytes);
          continue;
        }
        inputSquare(
          x + <usize>image * imageBytes, height, width, channels, (th << 2) - padH(g), (tw << 2) - padW(g),
          v + <usize>t * rowBytes, plane, zeros, square,
        );
      }
      let c = sums;
      for (let j = 0; j < n; j += 8) {
        const halves = n - j > 4 ? 2 : 1;
        for (let t = 0; t < count; t++) {
          const image = (t0 + t) / perImage, inside = t0 + t - image * perImage;
          const th = inside / tilesW, tw = inside - th * tilesW;
          const oh = th << 2, ow = tw << 2;
          const from = dy + <usize>((image * down + oh) * across + ow) * pixel + (<usize>j << 2);
          const to = d + (<usize>t << 5);
          if (isOdd(odd, t0 + t)) {
            zeroSquare(to, dPlane, 32);
            continue;
          }
          for (let half: usize = 0; half < <usize>halves; half++) {
            gradientSquare(from + (half << 4), dyRow, pixel, down - oh, across - ow, to + (half << 4), dPlane, square);
          }
        }
        for (let p: usize = 0; p < 36; p++) {
          tiles(
            channels, 8, count, v + p * plane, 16, 4, rowBytes, d + p * dPlane, 32, c, 32, i32(t0 > start), 0, 0, 0, room,
          );
          c += panelBytes;
        }
      }
    }
    const partial = partials + <usize>(item * 9 * channels) * pixel;
    store<i32>(flags + (<usize>item << 2), putSums(sums, channels, n, partial, square));
    if (odd == 0) continue;
    for (let t = start; t < end; t++) {
      if (!isOdd(odd, t)) continue;
      const image = t / perImage, inside = t - image * perImage;
      const th = inside / tilesW, tw = inside - th * tilesW;
      addTile(g, x, dy, partial, image, th << 2, tw << 2);
    }
  }
}

@inline
function isOdd(odd: usize, tile: i32): bool {
  return odd != 0 && load<i32>(odd + (<usize>tile << 2)) != 0;
}

function zeroSquare(to: usize, plane: usize, bytes: usize): void {
  for (let p = 0; p < 36; p++) {
    memory.fill(to, 0, bytes);
    to += plane;
  }
}

/** partial += what the tile of dy from row h0 and column w0 on adds, product by product. */
function addTile(g: usize, x: usize, dy: usize, partial: usize, image: i32, h0: i32, w0: i32): void {
  const height = inH(g), width = inW(g), down = outH(g), across = outW(g);
  const bytes = <usize>inC(g) << 2, row = <usize>outC(g) << 2;
  for (let oh = h0; oh < min(down, h0 + 4); oh++) {
    for (let ow = w0; ow < min(across, w0 + 4); ow++) {
      const from = dy + <usize>((image * down + oh) * across + ow) * row;
      for (let tap = 0; tap < 9; tap++) {
        const h = oh - padH(g) + tap / 3, w = ow - padW(g) + tap % 3;
        if (h < 0 || h >= height || w < 0 || w >= width) continue;
        const pixel = x + <usize>((image * height + h) * width + w) * bytes;
        let to = partial + <usize>(tap * inC(g)) * row;
        for (let c: usize = 0; c < bytes; c += 4) {
          const value = v128.load32_splat(pixel + c);
          for (let q: usize = 0; q < row; q += 16) v128.store(to + q, fma4(value, v128.load(from + q), v128.load(to + q)));
          to += row;
        }
      }
    }
  }
}

/** Transforms the sums back; says whether one is not finite. */
function putSums(sums: usize, channels: i32, n: i32, out: usize, square: usize): i32 {
  const plane = <usize>channels << 5;
  const tap = <usize>(channels * n) << 2;
  let sum = f32x4.splat(0);
  for (let j = 0; j < n; j += 8) {
    for (let c = 0; c < channels; c++) {
      for (let half = 0; half < (n - j > 4 ? 2 : 1); half++) {
        const from = sums + (<usize>c << 5) + (<usize>half << 4);
        for (let q: usize = 0; q < 6; q++) resultLine(from + q * plane, 6 * plane, square + (q << 4), 96, 3);
        let to = out + (<usize>(c * n + j + 4 * half) << 2);
        for (let i: usize = 0; i < 3; i++) {
          resultLine(square + 96 * i, 16, to, tap, 3);
          sum = watch(watch(watch(sum, v128.load(to)), v128.load(to + tap)), v128.load(to + 2 * tap));
          to += 3 * tap;
        }
      }
    }
    sums += 36 * plane;
  }
  return sawNonFinite(sum);
}
