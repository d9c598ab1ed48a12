// Rows of a component at the image's width, as libjpeg's default makes them ("fancy upsampling"): where a component has half
// the samples, each new one is three parts the nearest and one part the next; other ratios repeat samples.

import { ACROSS, component, DATA, DOWN, HEIGHT, STRIDE, WIDTH } from './layout';

/** The address of row `y`: in the plane where nothing is to be done, else in `scratch`. */
export function upsampledRow(index: i32, y: i32, mostAcross: i32, mostDown: i32, scratch: usize): usize {
  const record = component(index);
  const across = mostAcross / load<i32>(record + ACROSS);
  const down = mostDown / load<i32>(record + DOWN);
  const width = load<i32>(record + WIDTH);
  const data = load<usize>(record + DATA);
  const stride = load<usize>(record + STRIDE) << 3;
  const own = y / down;
  const row = data + <usize>own * stride;
  if (across == 1 && down == 1) return row;
  if (across == 2 && down == 1 && width > 2) twice(row, width, scratch);
  else if (down == 2 && (across == 1 || (across == 2 && width > 2))) {
    const next = (y & 1) == 0 ? max(own - 1, 0) : min(own + 1, load<i32>(record + HEIGHT) - 1);
    const beside = data + <usize>next * stride;
    if (across == 1) between(row, beside, width, 1 + (y & 1), scratch);
    else twiceBetween(row, beside, width, scratch);
  } else if (across == 1) return row;
  else repeat(row, width, across, scratch);
  return scratch;
}

function repeat(row: usize, width: i32, across: i32, out: usize): void {
  for (let x = 0; x < width; x++) {
    const sample = load<u8>(row + <usize>x);
    for (let i = 0; i < across; i++) store<u8>(out++, sample);
  }
}

function twice(row: usize, width: i32, out: usize): void {
  let left = <i32>load<u8>(row);
  let own = left;
  for (let x = 0; x < width; x++) {
    const right = x + 1 < width ? <i32>load<u8>(row + <usize>x, 1) : own;
    // At the edges the neighbour is the sample itself, and both roundings leave it as it is.
    store<u8>(out, <u8>((3 * own + left + 1) >> 2));
    store<u8>(out, <u8>((3 * own + right + 2) >> 2), 1);
    out += 2;
    left = own;
    own = right;
  }
}

function between(row: usize, beside: usize, width: i32, bias: i32, out: usize): void {
  for (let x: usize = 0; x < <usize>width; x++) {
    store<u8>(out + x, <u8>((3 * <i32>load<u8>(row + x) + <i32>load<u8>(beside + x) + bias) >> 2));
  }
}

@inline function column(row: usize, beside: usize, x: usize): i32 {
  return 3 * <i32>load<u8>(row + x) + <i32>load<u8>(beside + x);
}

function twiceBetween(row: usize, beside: usize, width: i32, out: usize): void {
  let own = column(row, beside, 0);
  let left = own;
  for (let x = 0; x < width; x++) {
    const right = x + 1 < width ? column(row, beside, <usize>x + 1) : own;
    store<u8>(out, <u8>((3 * own + left + 8) >> 4));
    store<u8>(out, <u8>((3 * own + right + 7) >> 4), 1);
    out += 2;
    left = own;
    own = right;
  }
}
