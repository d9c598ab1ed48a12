// The SIMD kernels of Espalier. They work in the heap of tfjs's engine: no memory, no data and no allocation of their own.
// Every export is typed in src/engine/exports/. Those that answer with a number of bytes do it in float64: more than 32 bits hold must be
// refused, not wrapped around to a little.

export { biasActivation, keepPositive } from './activation';
export { argReduce, combinePlaces } from './argReduce';
export {
  attention,
  attentionGrad,
  attentionGradScratch,
  attentionKeyBlocks,
  attentionQueryBlocks,
  attentionScratch,
} from './attention';
export { averagePool } from './averagePool';
export { averagePoolGrad } from './averagePoolGrad';
export {
  batchCombine, batchGradCombine, batchGradScale, batchGradSums, batchMoments, batchScale, batchTable,
} from './batchNorm';
export { binaryF32 } from './binary';
export { biasActivationGrad } from './biasActivationGrad';
export { convFilterGrad, sumPanels } from './convFilterGrad';
export { blockSums, oddBlocks } from './blockSums';
export { copyRows } from './copyRows';
export { binaryCrossentropy, binaryCrossentropyGrad, crossentropy, crossentropyGrad } from './crossentropy';
export { depthwise, depthwiseInputGrad } from './depthwise';
export { depthwiseFilterGrad } from './depthwiseFilter';
export { dilation2d } from './dilation2d';
export { directConv, packFilter } from './directConv';
export { dropout } from './dropout';
export { fft } from './fft';
export { gather } from './gather';
export { gemmRange, gemmScratch, sumSlices } from './gemm';
export { scaleAll, sumSquares } from './globalNorm';
export { groupNorm, groupNormGrad, sumBlocks } from './groupNorm';
export { distinctRows } from './distinctRows';
export { gru, gruGrad } from './gru';
export { gruBefore, gruBeforeGrad } from './gruBefore';
export { col2im } from './col2im';
export { lstm, lstmGrad } from './lstm';
export { maxPool, maxPoolWithArgmax } from './maxPool';
export { maxPoolGradApart, maxPoolGradOver } from './maxPoolGrad';
export { moveRuns, moveTurned } from './move';
export { adamUpdate, lionUpdate, rmspropUpdate, sgdUpdate } from './optimizers';
export { interleaveGates, packRecurrent, packRecurrentBack, recurrentPackedBytes, separateGates } from './recurrent';
export { recurrentScratch } from './sequence';
export { simpleRnn, simpleRnnGrad } from './simpleRnn';
export { combineBlocks, reduce } from './reduce';
export { unsortedSegmentSum } from './segmentSum';
export { softmax, softmaxGrad } from './softmax';
export { unaryF32 } from './unary';
export { winogradConv, winogradFilter, winogradScratch } from './winogradConv';
export { winogradFilterGrad, winogradGradScratch } from './winogradFilterGrad';
export {
  winogradRepair, winogradRepairScratch, winogradScales, winogradWatch, winogradWatchScratch,
} from './winogradWatch';
