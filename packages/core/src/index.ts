export type { Backend, BackendInfo, ProbeResult } from './backend/Backend.js';
export { Callback, type FitParams, type Logs } from './callbacks/Callback.js';
export type { Batch, BatchPlan, Dataset } from './data/Dataset.js';
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
export type { InputSpec } from './layer/inputSpec.js';
export { Layer, type LayerOptions } from './layer/Layer.js';
export { type InputOptions, input, type SymbolicCall, SymbolicTensor } from './layer/SymbolicTensor.js';
export { isShapeList, singleShape } from './layer/shapes.js';
export type { Loss } from './losses/Loss.js';
export type { Metric } from './metrics/Metric.js';
export type { CallContext } from './module/CallContext.js';
export { joinPath, Module, type NamedModule } from './module/Module.js';
export {
  type Config,
  type Initializer,
  type Json,
  Parameter,
  type ParameterOptions,
  type Regularizer,
  type SerializedObject,
} from './module/Parameter.js';
export { type Shape, shapeSize, showShape } from './module/Shape.js';
export type { Optimizer, OptimizerState } from './optimizer/Optimizer.js';
export { Rng } from './random/Rng.js';
