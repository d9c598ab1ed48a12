import type { backend_util } from '@tensorflow/tfjs-core';

/** The sizes of a convolution in two or three dimensions. */
export type ConvInfo = backend_util.Conv2DInfo | backend_util.Conv3DInfo;
