import { Unsupported } from './Unsupported.js';

/** What decoding one image may cost. */
export interface ImageLimits {
  readonly maxPixels: number;
  readonly maxBytes: number;
  readonly maxScans: number;
}

/** Refuses an image by what its header announces, before anything is allocated for it. */
export function requireSize(width: number, height: number, channels: number, limits: ImageLimits): void {
  const pixels = width * height;
  if (pixels > limits.maxPixels) {
    throw new Unsupported({
      problem: 'the image has more pixels than allowed',
      expected: `at most ${limits.maxPixels}, as maxPixels says`,
      got: `${width} x ${height} = ${pixels} pixels`,
      mend: 'raise maxPixels if the file is trusted',
    });
  }
  if (pixels * channels > limits.maxBytes) {
    throw new Unsupported({
      problem: 'the decoded image would take more bytes than allowed',
      expected: `at most ${limits.maxBytes}, as maxBytes says`,
      got: `${width} x ${height} x ${channels} = ${pixels * channels} bytes`,
      mend: 'raise maxBytes if the file is trusted',
    });
  }
}
