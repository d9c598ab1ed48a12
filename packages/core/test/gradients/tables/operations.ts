import type { GradientRow } from '../GradientRow.js';
import { rows } from './index.js';

/** The operations of kernels that are not called as theirs is. */
const names: Readonly<Record<string, string>> = {
  AvgPool3D: 'avgPool3d',
  BatchMatMul: 'matMul',
  Conv2D: 'conv2d',
  Conv2DBackpropFilter: 'conv2d',
  Conv2DBackpropInput: 'conv2dTranspose',
  Conv3D: 'conv3d',
  Conv3DBackpropFilterV2: 'conv3d',
  Conv3DBackpropInputV2: 'conv3dTranspose',
  DepthwiseConv2dNative: 'depthwiseConv2d',
  DepthwiseConv2dNativeBackpropFilter: 'depthwiseConv2d',
  DepthwiseConv2dNativeBackpropInput: 'depthwiseConv2d',
  Dilation2D: 'dilation2d',
  EluGrad: 'elu',
  FlipLeftRight: 'image.flipLeftRight',
  FusedBatchNorm: 'batchNorm',
  GatherNd: 'gatherND',
  GatherV2: 'gather',
  Identity: 'clone',
  IsNan: 'isNaN',
  LRN: 'localResponseNormalization',
  MaxPool3D: 'maxPool3d',
  Multiply: 'mul',
  Pack: 'stack',
  PadV2: 'pad',
  RealDiv: 'div',
  ResizeBilinear: 'image.resizeBilinear',
  ResizeNearestNeighbor: 'image.resizeNearestNeighbor',
  ScatterNd: 'scatterND',
  SearchSorted: 'lowerBound',
  Select: 'where',
  SplitV: 'split',
  TopK: 'topk',
  Unpack: 'unstack',
};

/** The operation of tfjs-core that a row differentiates. */
export const operationOf = ({ op, kernel }: Pick<GradientRow, 'op' | 'kernel'>): string =>
  op ?? names[kernel] ?? kernel[0]!.toLowerCase() + kernel.slice(1);

/** Operations in whose result nothing depends on the values of a tensor of real numbers, or that the tape cannot follow. */
export const notDifferentiable: Readonly<Record<string, string>> = {
  'makes a tensor out of numbers, sizes or chance: it has no operand to differentiate in':
    'buffer enclosingPowerOfTwo cosineWindow eye fill linspace ones rand randomGamma randomNormal randomStandardNormal ' +
    'randomUniform randomUniformInt range scalar signal.hammingWindow signal.hannWindow tensor tensor1d tensor2d tensor3d ' +
    'tensor4d tensor5d tensor6d truncatedNormal variable zeros',
  'its result is a shape, indices or other whole numbers':
    'broadcastArgs image.nonMaxSuppression image.nonMaxSuppressionPadded image.nonMaxSuppressionWithScore ' +
    'sparse.sparseReshape string.stringToHashBucketFast',
  'answers with a promise, read from the values: the tape of tfjs-core does not follow it':
    'booleanMaskAsync image.nonMaxSuppressionAsync image.nonMaxSuppressionPaddedAsync ' +
    'image.nonMaxSuppressionWithScoreAsync inTopKAsync setdiff1dAsync whereAsync',
  'works with strings': 'string.staticRegexReplace string.stringNGrams string.stringSplit',
  'which elements it keeps depends on their values: it jumps wherever two become equal': 'unique',
  'ragged tensors are on the CPU backend of tfjs alone, without a gradient':
    'raggedGather raggedRange raggedTensorToTensor',
  'shows a tensor, and gives nothing back': 'print',
};

/** Every operation with rows, and how many. */
export function countByOperation(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(operationOf(row), (counts.get(operationOf(row)) ?? 0) + 1);
  return counts;
}
