/** An image in host memory: 8 bits a channel, the channels of a pixel side by side, rows from the top. */
export interface HostImage {
  /** Pixels a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** 1: grey, 2: grey and alpha, 3: RGB, 4: RGB and alpha (not premultiplied). */
  readonly channels: number;
  /** `height * width * channels` bytes. */
  readonly data: Uint8Array;
}
