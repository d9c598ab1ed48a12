import type { backend_util } from '@tensorflow/tfjs-core';

/** The sizes of a convolution in two or three dimensions. */
export type ConvInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;

/** Into how many groups the channels are divided: a filter has the inputs of one group, and the outputs of all. */
export function groupsOf({ inChannels, filterShape }: ConvInfo): number {
  return inChannels / Math.max(1, filterShape.at(-2)!) || 1;
}
