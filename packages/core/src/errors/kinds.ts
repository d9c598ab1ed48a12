import { type ErrorParts, EspalierError } from './EspalierError.js';

/** A tensor, layer or data set has the wrong shape, rank or dtype. */
export class ShapeError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('ShapeError', parts);
  }
}

/** An argument or option is outside its range, unknown or in conflict with another. */
export class ValueError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('ValueError', parts);
  }
}

/** Data that was read is truncated, corrupted or out of range: images, labels, text, archives. */
export class DataError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('DataError', parts);
  }
}

/** A backend cannot run here, lacks a kernel, or clashes with a second copy of tfjs-core. */
export class BackendError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('BackendError', parts);
  }
}

/** Training cannot go on: the loss is NaN or infinite, or a callback asked for the impossible. */
export class TrainingError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('TrainingError', parts);
  }
}

/** A checkpoint or run directory is missing, damaged, or does not fit the model. */
export class CheckpointError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('CheckpointError', parts);
  }
}

/** A method was called at the wrong time: `fit` before `compile`, a model used after `dispose`. */
export class StateError extends EspalierError {
  constructor(parts: ErrorParts) {
    super('StateError', parts);
  }
}
