import type { KernelConfig } from '@tensorflow/tfjs-core';
import { conv2D } from './Conv2D.js';
import { conv2DBackpropFilter } from './Conv2DBackpropFilter.js';
import { conv2DBackpropInput } from './Conv2DBackpropInput.js';
import { conv3D, conv3DBackpropFilter, conv3DBackpropInput } from './Conv3D.js';
import {
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  fusedDepthwiseConv2D,
} from './DepthwiseConv2d.js';
import { dilation2D, dilation2DBackpropFilter, dilation2DBackpropInput } from './Dilation2D.js';
import { fusedConv2D, groupedConv2D } from './FusedConv2D.js';

/** Convolution in two and three dimensions, depthwise convolution, dilation, and their gradients: all ours. */
export const convolution: readonly KernelConfig[] = [
  conv2D,
  conv2DBackpropFilter,
  conv2DBackpropInput,
  conv3D,
  conv3DBackpropFilter,
  conv3DBackpropInput,
  depthwiseBackpropFilter,
  depthwiseBackpropInput,
  depthwiseConv2d,
  fusedDepthwiseConv2D,
  dilation2D,
  dilation2DBackpropFilter,
  dilation2DBackpropInput,
  fusedConv2D,
  groupedConv2D,
];
