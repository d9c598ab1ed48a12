import type { HostImage } from './HostImage.js';

/** Whether rows become columns, and then whether each row and the order of the rows are turned round. */
const TURNS: Readonly<Record<number, readonly [swap: boolean, mirror: boolean, flip: boolean]>> = {
  2: [false, true, false],
  3: [false, true, true],
  4: [false, false, true],
  5: [true, false, false],
  6: [true, true, false],
  7: [true, true, true],
  8: [true, false, true],
};

/** The image as its Exif orientation wants it shown; itself where that is upright. */
export function orientImage(image: HostImage, orientation: number): HostImage {
  const turn = TURNS[orientation];
  if (turn === undefined) return image;
  const [swap, mirror, flip] = turn;
  const { channels, data } = image;
  const [width, height] = swap ? [image.height, image.width] : [image.width, image.height];
  const out = new Uint8Array(data.length);
  // How far apart in the source are neighbours of the result, across and down.
  const across = (swap ? image.width : 1) * channels * (mirror ? -1 : 1);
  const down = (swap ? 1 : image.width) * channels * (flip ? -1 : 1);
  const first = (mirror ? -across * (width - 1) : 0) + (flip ? -down * (height - 1) : 0);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = first + y * down; x < width; x++, from += across) {
      for (let c = 0; c < channels; c++) out[to++] = data[from + c]!;
    }
  }
  return { width, height, channels, data: out };
}
