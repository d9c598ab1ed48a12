/**
 * Optimizers, learning-rate schedules and gradient transforms for Espalier.
 *
 * @module optimizers
 */
export { Adam, type AdamOptions, type AdamSlot, adamUpdate } from './Adam.js';
export { AdamW, type AdamWOptions } from './AdamW.js';
export type { InPlaceUpdate } from './inPlace.js';
export { Lion, type LionOptions } from './Lion.js';
export {
  type OptimizerClasses,
  type OptimizerTables,
  optimizerClasses,
  optimizerFromConfig,
} from './optimizerFromConfig.js';
export { RMSprop, type RMSpropOptions, rmspropUpdate } from './RMSprop.js';
export { momentumUpdate, SGD, type SGDOptions } from './SGD.js';
export { type LearningRateOption, SlotOptimizer, type Step, type Updated } from './SlotOptimizer.js';
export { type ConstantOptions, constant } from './schedules/constant.js';
export { type CosineDecayOptions, cosineDecay } from './schedules/cosineDecay.js';
export { type ExponentialDecayOptions, exponentialDecay } from './schedules/exponentialDecay.js';
export type { Schedule } from './schedules/Schedule.js';
export { scheduleFromConfig, scheduleMakers } from './schedules/scheduleFromConfig.js';
export { ClipByGlobalNorm, type ClipByGlobalNormOptions, clipByGlobalNorm } from './transforms/clipByGlobalNorm.js';
export { ClipByNorm, type ClipByNormOptions, clipByNorm } from './transforms/clipByNorm.js';
export { ClipByValue, type ClipByValueOptions, clipByValue } from './transforms/clipByValue.js';
export { GradientTransform } from './transforms/GradientTransform.js';
export type { Excluded, WeightDecayOptions } from './weightDecay.js';
