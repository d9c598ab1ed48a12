// Samples of the components, brought to one size, to pixels (ITU-T T.871; CMYK as Pillow: inverted, as Adobe stores it).

import { COLOURS } from './layout';
import { upsampledRow } from './upsample';

const RED = COLOURS;
const BLUE = COLOURS + 1024;
const GREEN_RED = COLOURS + 2048;
const GREEN_BLUE = COLOURS + 3072;

// What src/image/jpeg/jpegColours.ts calls them.
const GREY = 0;
const YCC = 1;
const RGB = 2;
const CMYK = 3;

/** Writes the tables of chroma, in fractions of 16 bits. */
export function prepareColours(): void {
  for (let i = 0; i < 256; i++) {
    const x = i - 128;
    const at = <usize>i << 2;
    store<i32>(RED + at, (91881 * x + 32768) >> 16);
    store<i32>(BLUE + at, (116130 * x + 32768) >> 16);
    store<i32>(GREEN_RED + at, -46802 * x);
    store<i32>(GREEN_BLUE + at, -22554 * x + 32768);
  }
}

/** Writes pixels of the rows from `first` up to `last`; `scratch` holds a row of `step` bytes for each component. */
export function convertRows(
  first: i32, last: i32, width: i32, mostAcross: i32, mostDown: i32, colours: i32, out: usize, scratch: usize, step: usize,
): void {
  const end = <usize>width;
  for (let y = first; y < last; y++) {
    const a = upsampledRow(0, y, mostAcross, mostDown, scratch);
    if (colours == GREY) {
      memory.copy(out, a, end);
      out += end;
      continue;
    }
    const b = upsampledRow(1, y, mostAcross, mostDown, scratch + step);
    const c = upsampledRow(2, y, mostAcross, mostDown, scratch + 2 * step);
    const k = colours >= CMYK ? upsampledRow(3, y, mostAcross, mostDown, scratch + 3 * step) : 0;
    for (let x: usize = 0; x < end; x++, out += 3) {
      let red = <i32>load<u8>(a + x);
      let green = <i32>load<u8>(b + x);
      let blue = <i32>load<u8>(c + x);
      if (colours == YCC || colours > CMYK) {
        const luma = red;
        const atBlue = <usize>green << 2;
        const atRed = <usize>blue << 2;
        red = clamp(luma + load<i32>(RED + atRed));
        green = clamp(luma + ((load<i32>(GREEN_BLUE + atBlue) + load<i32>(GREEN_RED + atRed)) >> 16));
        blue = clamp(luma + load<i32>(BLUE + atBlue));
      }
      if (colours >= CMYK) {
        const light = <i32>load<u8>(k + x);
        if (colours == CMYK) {
          red = 255 - red;
          green = 255 - green;
          blue = 255 - blue;
        }
        red = light - times(red, light);
        green = light - times(green, light);
        blue = light - times(blue, light);
      }
      store<u8>(out, <u8>red);
      store<u8>(out, <u8>green, 1);
      store<u8>(out, <u8>blue, 2);
    }
  }
}

@inline function clamp(value: i32): i32 {
  return max(0, min(255, value));
}

/** The product of two parts of 255, rounded. */
@inline function times(a: i32, b: i32): i32 {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
