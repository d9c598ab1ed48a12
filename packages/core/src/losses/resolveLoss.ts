import { ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { SerializedObject } from '../module/Parameter.js';
import { BinaryCrossentropy } from './BinaryCrossentropy.js';
import { CategoricalCrossentropy } from './CategoricalCrossentropy.js';
import type { Loss } from './Loss.js';
import { MeanAbsoluteError } from './MeanAbsoluteError.js';
import { MeanSquaredError } from './MeanSquaredError.js';
import { SparseCategoricalCrossentropy } from './SparseCategoricalCrossentropy.js';

const classes = {
  BinaryCrossentropy,
  CategoricalCrossentropy,
  MeanAbsoluteError,
  MeanSquaredError,
  SparseCategoricalCrossentropy,
};
const byName = {
  binaryCrossentropy: BinaryCrossentropy,
  categoricalCrossentropy: CategoricalCrossentropy,
  mae: MeanAbsoluteError,
  meanAbsoluteError: MeanAbsoluteError,
  meanSquaredError: MeanSquaredError,
  mse: MeanSquaredError,
  sparseCategoricalCrossentropy: SparseCategoricalCrossentropy,
};

/** The losses that go by a name. */
export type LossName = keyof typeof byName;

/** All names that {@link resolveLoss} knows. */
export const lossNames = /* @__PURE__ */ Object.keys(byName) as readonly LossName[];

/** Whether `name` is one of {@link LossName}. */
export function isLossName(name: string): name is LossName {
  return Object.hasOwn(byName, name);
}

/**
 * The loss of that name with default options; a loss is handed through.
 * @throws ValueError for an unknown name, with the nearest known ones.
 */
export function resolveLoss(loss: LossName | Loss): Loss {
  if (typeof loss !== 'string') return loss;
  if (isLossName(loss)) return new byName[loss]();
  throw new ValueError({ where: 'loss', problem: `there is no loss '${loss}'`, mend: suggestNames(loss, lossNames) });
}

/**
 * Makes a built-in loss again from `serialize()`.
 * @throws ValueError for a class that is not one of them.
 */
export function lossFromConfig({ className, config }: SerializedObject): Loss {
  if (Object.hasOwn(classes, className)) return new classes[className as keyof typeof classes](config);
  throw new ValueError({
    where: 'loss',
    problem: `there is no loss class '${className}'`,
    mend: 'compile the model with your own loss object after loading it',
  });
}
