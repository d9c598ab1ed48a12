import { ValueError } from '../errors/kinds.js';
import { lossFromConfig } from '../losses/resolveLoss.js';
import type { SerializedObject } from '../module/Parameter.js';
import { BinaryAccuracy } from './BinaryAccuracy.js';
import { CategoricalAccuracy } from './CategoricalAccuracy.js';
import { LossMetric } from './LossMetric.js';
import type { Metric } from './Metric.js';
import { SparseCategoricalAccuracy } from './SparseCategoricalAccuracy.js';

const classes = { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy };

/**
 * Makes a built-in metric again from `serialize()`.
 * @throws ValueError for a class that is not one of them.
 */
export function metricFromConfig({ className, config }: SerializedObject): Metric {
  if (className === 'LossMetric') {
    const { loss, name } = config as unknown as { loss: SerializedObject; name: string };
    return new LossMetric({ loss: lossFromConfig(loss), name });
  }
  if (Object.hasOwn(classes, className)) return new classes[className as keyof typeof classes](config);
  throw new ValueError({
    where: 'metrics',
    problem: `there is no metric class '${className}'`,
    mend: 'compile the model with your own metric object after loading it',
  });
}
