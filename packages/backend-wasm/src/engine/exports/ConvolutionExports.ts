import type { RangeKernel } from './ranges.js';

/** The compiled kernels for convolutions of every kind and their gradients; see `SimdKernels` for what their numbers mean. */
export interface ConvolutionExports {
  convFilterGrad(
    geometry: number,
    x: number,
    dy: number,
    partials: number,
    perItem: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  sumPanels(
    partials: number,
    count: number,
    k: number,
    n: number,
    groups: number,
    out: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  directConv(
    geometry: number,
    x: number,
    panels: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradFilter(
    filter: number,
    inChannels: number,
    outChannels: number,
    flip: number,
    panels: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradScratch(channels: number, perItem: number): number;
  winogradConv(
    geometry: number,
    x: number,
    panels: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    flags: number,
    perItem: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradGradScratch(channels: number, outputs: number, perBlock: number): number;
  winogradFilterGrad(
    geometry: number,
    x: number,
    dy: number,
    partials: number,
    flags: number,
    odd: number,
    perItem: number,
    perBlock: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradScales(filter: number, inChannels: number, outChannels: number, flip: number, scales: number): number;
  winogradWatchScratch(across: number, bandTiles: number): number;
  winogradWatch: RangeKernel;
  winogradRepairScratch(channels: number): number;
  winogradRepair: RangeKernel;
  blockSums: RangeKernel;
  oddBlocks(sums: number, blocks: number, channels: number, limit: number, few: number, flags: number): number;
  packFilter(
    filter: number,
    taps: number,
    inChannels: number,
    outChannels: number,
    groups: number,
    flip: number,
    panels: number,
  ): void;
  depthwise(
    geometry: number,
    x: number,
    filter: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  depthwiseFilterGrad(
    geometry: number,
    x: number,
    dFilter: number,
    dy: number,
    wide: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  depthwiseInputGrad(
    geometry: number,
    dx: number,
    filter: number,
    dy: number,
    wide: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  dilation2d(geometry: number, x: number, filter: number, out: number, dy: number, dx: number, dFilter: number): void;
  col2im(geometry: number, x: number, cols: number, first: number, count: number): void;
}
