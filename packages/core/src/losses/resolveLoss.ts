import { ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { SerializedObject } from '../module/Parameter.js';
import { checkSerialized } from '../options/checkSerialized.js';
import { describeValue, isClass } from '../options/describeValue.js';
import { BinaryCrossentropy } from './BinaryCrossentropy.js';
import { CategoricalCrossentropy } from './CategoricalCrossentropy.js';
import { FunctionLoss, type LossFunction } from './FunctionLoss.js';
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
 * The loss of that name with default options; a loss is handed through, a function becomes one.
 * @throws ValueError for an unknown name, with the nearest known ones, and for what is no loss, such as a class.
 */
export function resolveLoss(loss: LossName | Loss | LossFunction): Loss {
  if (typeof loss === 'string' && isLossName(loss)) return new byName[loss]();
  if (typeof loss !== 'string') return lossOf(loss);
  throw new ValueError({
    where: 'loss',
    problem: `there is no loss '${loss}'`,
    mend: suggestNames(String(loss), lossNames),
  });
}

/** Whether {@link lossFromConfig} knows the class. */
export function isLossClass(className: string): boolean {
  return Object.hasOwn(classes, className);
}

/**
 * Makes a built-in loss again from `serialize()`.
 * @throws ValueError for a class that is not one of them.
 */
export function lossFromConfig(serialized: SerializedObject): Loss {
  const { className, config } = checkSerialized(serialized, 'lossFromConfig');
  if (Object.hasOwn(classes, className)) return new classes[className as keyof typeof classes](config);
  throw new ValueError({
    where: 'lossFromConfig',
    problem: `there is no loss class '${className}'`,
    mend: 'compile the model with your own loss object after loading it',
  });
}

function lossOf(loss: unknown): Loss {
  if (typeof loss === 'function' && !isClass(loss)) return new FunctionLoss(loss as LossFunction);
  const { name, values, statistics } = (loss ?? {}) as Partial<Loss> & { readonly statistics?: unknown };
  // Some metrics have values for each example too, and lists have values.
  const isLoss = typeof values === 'function' && typeof name === 'string' && statistics === undefined;
  if (isLoss && !isClass(loss)) return loss as Loss;
  const mend = isClass(loss)
    ? `make one: new ${loss.name}()`
    : typeof statistics === 'function'
      ? 'a metric is not minimised: put it among the metrics'
      : undefined;
  throw new ValueError({
    where: 'loss',
    problem: 'this is not a loss',
    expected: "a name such as 'meanSquaredError', a loss, or a function (targets, predictions) => tensor",
    got: describeValue(loss),
    ...(mend !== undefined && { mend }),
  });
}
