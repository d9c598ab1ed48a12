/** A grey image with values from 0 to 1, row by row. */
export interface GreyImage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Float32Array;
}

/** Below this a pixel counts as dark where there are no shades. */
const INK = 0.4;

/**
 * Draws an image with two pixels a character: shades of grey where the terminal has them, else black and white.
 * An empty margin, which a digit of MNIST always has, is left out: equally on all sides and at most `margin` pixels.
 */
export function drawImage(image: GreyImage, greys: boolean, margin = 4): string[] {
  const { width, height } = image;
  const cut = emptyMargin(image, margin);
  const at = (x: number, y: number) => (y < height - cut ? image.pixels[y * width + x]! : 0);
  const lines: string[] = [];
  for (let y = cut; y < height - cut; y += 2) {
    let line = '';
    for (let x = cut; x < width - cut; x++)
      line += greys ? shades(at(x, y), at(x, y + 1)) : ink(at(x, y), at(x, y + 1));
    lines.push(greys ? `${line}\x1b[0m` : line);
  }
  return lines;
}

function shades(top: number, bottom: number): string {
  // The 24 greys of the 256 colours; 232 is nearly black.
  const grey = (value: number) => 232 + Math.round(Math.min(1, Math.max(0, value)) * 23);
  return `\x1b[38;5;${grey(top)};48;5;${grey(bottom)}m▀`;
}

function ink(top: number, bottom: number): string {
  return top > INK ? (bottom > INK ? '█' : '▀') : bottom > INK ? '▄' : ' ';
}

function emptyMargin({ width, height, pixels }: GreyImage, most: number): number {
  let margin = most;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x]! > 0.1) margin = Math.min(margin, x, y, width - 1 - x, height - 1 - y);
    }
  }
  return margin;
}
