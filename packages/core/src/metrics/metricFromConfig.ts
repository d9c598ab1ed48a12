import { ValueError } from '../errors/kinds.js';
import { lossFromConfig } from '../losses/resolveLoss.js';
import type { SerializedObject } from '../module/Parameter.js';
import { checkSerialized } from '../options/checkSerialized.js';
import { BinaryAccuracy } from './BinaryAccuracy.js';
import { CategoricalAccuracy } from './CategoricalAccuracy.js';
import { LossMetric } from './LossMetric.js';
import type { Metric } from './Metric.js';
import { SparseCategoricalAccuracy } from './SparseCategoricalAccuracy.js';

const classes = { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy };

/** Whether {@link metricFromConfig} knows the class. */
export function isMetricClass(className: string): boolean {
  return className === 'LossMetric' || Object.hasOwn(classes, className);
}

/**
 * Makes a built-in metric again from `serialize()`.
 * @throws ValueError for a class that is not one of them.
 */
export function metricFromConfig(serialized: SerializedObject): Metric {
  const { className, config } = checkSerialized(serialized, 'metricFromConfig');
  if (className === 'LossMetric') {
    const { loss, ...rest } = config;
    return new LossMetric({ ...rest, loss: lossFromConfig(loss as SerializedObject) });
  }
  if (Object.hasOwn(classes, className)) return new classes[className as keyof typeof classes](config);
  throw new ValueError({
    where: 'metricFromConfig',
    problem: `there is no metric class '${className}'`,
    mend: 'compile the model with your own metric object after loading it',
  });
}
