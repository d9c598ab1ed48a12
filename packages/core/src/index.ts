/**
 * Models, the training loop, losses, metrics, callbacks and checkpoints over tfjs-core.
 *
 * @module core
 */

export { activateBackend, requireBackend, useBackend } from './backend/activateBackend.js';
export type { Backend, BackendInfo, ProbeResult } from './backend/Backend.js';
export { integers, requireDivisors, toInt32 } from './backend/integers.js';
export { requireSome } from './backend/requireSome.js';
export { topK } from './backend/topK.js';
export { type Bytes, bytesOf, type OwnBytes } from './bytes/bytesOf.js';
export type { TypedArray } from './bytes/numbersOf.js';
export { Callback, type CallbackState, type FitParams, type Logs } from './callbacks/Callback.js';
export { EarlyStopping, type EarlyStoppingOptions } from './callbacks/EarlyStopping.js';
export { LambdaCallback, type LambdaHooks } from './callbacks/LambdaCallback.js';
export { LearningRateScheduler } from './callbacks/LearningRateScheduler.js';
export { ModelCheckpoint, type ModelCheckpointOptions } from './callbacks/ModelCheckpoint.js';
export type { MonitorMode } from './callbacks/Monitor.js';
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from './callbacks/ReduceLROnPlateau.js';
export { latestCheckpoint, listCheckpoints } from './checkpoint/checkpointIds.js';
export { decodeSafetensors, type Safetensors } from './checkpoint/decodeSafetensors.js';
export { encodeSafetensors } from './checkpoint/encodeSafetensors.js';
export { fileStorage } from './checkpoint/fileStorage.js';
export type { HostArrays, HostDType, HostTensor } from './checkpoint/HostTensor.js';
export { type HttpStorageOptions, httpStorage } from './checkpoint/httpStorage.js';
export { indexedDBStorage } from './checkpoint/indexedDBStorage.js';
export { type LoadModelOptions, loadModel } from './checkpoint/loadModel.js';
export { memoryStorage } from './checkpoint/memoryStorage.js';
export { type Checkpoint, readCheckpoint } from './checkpoint/readCheckpoint.js';
export { type RestoreOptions, restoreCheckpoint } from './checkpoint/restoreCheckpoint.js';
export type { Storage } from './checkpoint/Storage.js';
export { type SaveOptions, saveCheckpoint } from './checkpoint/saveCheckpoint.js';
export { type SaveModelOptions, saveModel } from './checkpoint/saveModel.js';
export type { OptimizerRecord } from './checkpoint/trainingRecord.js';
export type { UnsupportedTensor } from './checkpoint/UnreadTensors.js';
export {
  type LoadOptions,
  type LoadReport,
  loadWeights,
  readWeights,
  saveWeights,
  weightsOf,
} from './checkpoint/weights.js';
export { type ArrayColumns, ArrayDataset } from './data/ArrayDataset.js';
export { type Column, type ColumnData, type ColumnLike, columnLength, columnOf } from './data/Column.js';
export type { Batch, BatchPlan, Dataset } from './data/Dataset.js';
export { datasetFrom, type Examples, type ExamplesList } from './data/datasetFrom.js';
export type { NestedNumbers } from './data/flattenNested.js';
export { type ErrorKind, type ErrorParts, EspalierError, isEspalierError } from './errors/EspalierError.js';
export {
  BackendError,
  CheckpointError,
  DataError,
  ShapeError,
  StateError,
  TrainingError,
  ValueError,
} from './errors/kinds.js';
export { nearestNames, suggestNames } from './errors/suggest.js';
export { type BatchNormalizationAttributes, batchNormalization } from './fused/batchNormalization.js';
export type { BiasActivation, ConvolutionOptions, FusedActivation } from './fused/biasActivation.js';
export { type Convolution2dOptions, convolution2d } from './fused/convolution2d.js';
export { dense } from './fused/dense.js';
export { depthwiseConvolution2d } from './fused/depthwiseConvolution2d.js';
export { type DropoutAttributes, dropout } from './fused/dropout.js';
export { euclideanNorm } from './fused/euclideanNorm.js';
export { type FrozenMoments, frozenBatchNormalization } from './fused/frozenBatchNormalization.js';
export { type FusedOperation, fused } from './fused/fused.js';
export { type GeluOptions, gelu } from './fused/gelu.js';
export { type GroupNormalizationAttributes, groupNormalization } from './fused/groupNormalization.js';
export { type GruOptions, gru } from './fused/gru.js';
export { type LayerNormalizationAttributes, layerNormalization } from './fused/layerNormalization.js';
export { logSoftmax } from './fused/logSoftmax.js';
export { logSumExp } from './fused/logSumExp.js';
export { type LstmOptions, lstm } from './fused/lstm.js';
export { type Moments, moments } from './fused/moments.js';
export { type RmsNormalizationAttributes, rmsNormalization } from './fused/rmsNormalization.js';
export {
  type AttentionOptions,
  attentionWeights,
  scaledDotProductAttention,
} from './fused/scaledDotProductAttention.js';
export type { SequenceActivation, SequenceOptions, SequenceResult } from './fused/sequence.js';
export { silu } from './fused/silu.js';
export { type SimpleRnnOptions, simpleRnn } from './fused/simpleRnn.js';
export { activations as activationGradients } from './gradients/activations.js';
export { allGradients } from './gradients/allGradients.js';
export { biasActivations as biasActivationGradients } from './gradients/biasActivation.js';
export { complexNumbers as complexGradients } from './gradients/complex.js';
export { convolutions as convolutionGradients } from './gradients/convolution.js';
export { cutting as cuttingGradients } from './gradients/cutting.js';
export { einsum as einsumGradients } from './gradients/einsum.js';
export { elementwiseBinary as binaryGradients } from './gradients/elementwiseBinary.js';
export { elementwiseUnary as unaryGradients } from './gradients/elementwiseUnary.js';
export type { Gradient } from './gradients/Gradient.js';
export { indexing as indexingGradients } from './gradients/indexing.js';
export { matMul as matMulGradients } from './gradients/matMul.js';
export { normalisation as normalizationGradients } from './gradients/normalisation.js';
export { pooling as poolingGradients } from './gradients/pooling.js';
export { reductions as reductionGradients } from './gradients/reductions.js';
export { registerGradients } from './gradients/registerGradients.js';
export { resizing as resizingGradients } from './gradients/resizing.js';
export { sampling as samplingGradients } from './gradients/sampling.js';
export { scans as scanGradients } from './gradients/scans.js';
export { shaping as shapingGradients } from './gradients/shaping.js';
export { softmax as softmaxGradients } from './gradients/softmax.js';
export { sparse as sparseGradients } from './gradients/sparse.js';
export { zeros as zeroGradients } from './gradients/zeros.js';
export { firstNotInteger, type InputDtype } from './layer/inputDtype.js';
export type { InputSpec } from './layer/inputSpec.js';
export { Layer, type LayerOptions, layerOptions } from './layer/Layer.js';
export { type InputOptions, input, type SymbolicCall, SymbolicTensor } from './layer/SymbolicTensor.js';
export { isShapeList, singleShape } from './layer/shapes.js';
export { BinaryCrossentropy, type BinaryCrossentropyOptions } from './losses/BinaryCrossentropy.js';
export { CategoricalCrossentropy, type CategoricalCrossentropyOptions } from './losses/CategoricalCrossentropy.js';
export type { Loss } from './losses/Loss.js';
export { MeanAbsoluteError, type MeanAbsoluteErrorOptions } from './losses/MeanAbsoluteError.js';
export { MeanSquaredError, type MeanSquaredErrorOptions } from './losses/MeanSquaredError.js';
export { type LossName, lossFromConfig, resolveLoss } from './losses/resolveLoss.js';
export {
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
} from './losses/SparseCategoricalCrossentropy.js';
export { BinaryAccuracy, type BinaryAccuracyOptions } from './metrics/BinaryAccuracy.js';
export { CategoricalAccuracy, type CategoricalAccuracyOptions } from './metrics/CategoricalAccuracy.js';
export { LossMetric, type LossMetricOptions } from './metrics/LossMetric.js';
export { MeanMetric } from './metrics/MeanMetric.js';
export type { Metric } from './metrics/Metric.js';
export { metricFromConfig } from './metrics/metricFromConfig.js';
export { type MetricName, type MetricShapes, resolveMetric } from './metrics/resolveMetric.js';
export {
  SparseCategoricalAccuracy,
  type SparseCategoricalAccuracyOptions,
} from './metrics/SparseCategoricalAccuracy.js';
export { Functional, type FunctionalOptions } from './models/Functional.js';
export { type LayerClass, type LayerClasses, layerFromConfig, modelFromConfig } from './models/fromConfig.js';
export { Model, type ModelOptions, type ParameterCount } from './models/Model.js';
export { Sequential } from './models/Sequential.js';
export type { CallContext } from './module/CallContext.js';
export { joinPath, Module, type NamedModule } from './module/Module.js';
export {
  type Config,
  type Initializer,
  type Json,
  Parameter,
  type ParameterOptions,
  type ParameterValues,
  type Regularizer,
  type SerializedObject,
} from './module/Parameter.js';
export { type Shape, shapeSize, showShape } from './module/Shape.js';
export type { Optimizer, OptimizerState } from './optimizer/Optimizer.js';
export { checkOptions } from './options/checkOptions.js';
export { checkSerialized } from './options/checkSerialized.js';
export { describeValue, isClass } from './options/describeValue.js';
export { type OptionKind, type OptionKinds, type OptionTable, optionTable } from './options/OptionTable.js';
export { Rng } from './random/Rng.js';
export type { ClassWeight } from './training/classWeight.js';
export type { FitProgress } from './training/FitProgress.js';
export type { History } from './training/History.js';
export type { LossSpec, MetricSpec } from './training/Objective.js';
export type {
  CompileOptions,
  EvaluateOptions,
  FitOptions,
  ModelOutput,
  PredictOptions,
  ValidationData,
} from './training/options.js';
