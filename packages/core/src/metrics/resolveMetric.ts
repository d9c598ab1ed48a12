import { ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { LossFunction } from '../losses/FunctionLoss.js';
import { isLossName, type LossName, lossNames } from '../losses/resolveLoss.js';
import type { Shape } from '../module/Shape.js';
import { describeValue, isClass } from '../options/describeValue.js';
import { BinaryAccuracy } from './BinaryAccuracy.js';
import { CategoricalAccuracy } from './CategoricalAccuracy.js';
import { FunctionMetric } from './FunctionMetric.js';
import { LossMetric } from './LossMetric.js';
import type { Metric } from './Metric.js';
import { SparseCategoricalAccuracy } from './SparseCategoricalAccuracy.js';

const byName = {
  binaryAccuracy: BinaryAccuracy,
  categoricalAccuracy: CategoricalAccuracy,
  sparseCategoricalAccuracy: SparseCategoricalAccuracy,
};

/** The metrics that go by a name; those of losses are their means. */
export type MetricName = 'accuracy' | 'acc' | keyof typeof byName | LossName;

/** The shapes that decide what `accuracy` means, with their batch axes. */
export interface MetricShapes {
  /** The shape of the predictions. */
  readonly outputShape: Shape;
  /** The shape of the targets. */
  readonly targetShape: Shape;
}

/**
 * The metric of that name, which appears under it in the logs; a metric is handed through, a function becomes one.
 *
 * `accuracy` (or `acc`) is chosen by shapes as in Keras 3: {@link BinaryAccuracy} where the last axis of the output is 1,
 * {@link SparseCategoricalAccuracy} where targets have fewer axes or a last axis of 1, else {@link CategoricalAccuracy}.
 * So a model of several yes-or-no outputs names `binaryAccuracy` itself.
 *
 * @throws ValueError for an unknown name, with the nearest known ones.
 */
export function resolveMetric(metric: MetricName | Metric | LossFunction, shapes: MetricShapes): Metric {
  if (typeof metric !== 'string') return metricOf(metric);
  if (metric === 'accuracy' || metric === 'acc') return new byName[accuracyKind(shapes)]({ name: metric });
  if (Object.hasOwn(byName, metric)) return new byName[metric as keyof typeof byName]({ name: metric });
  if (isLossName(metric)) return new LossMetric({ loss: metric, name: metric });
  const known = ['accuracy', ...Object.keys(byName), ...lossNames];
  throw new ValueError({
    where: 'metrics',
    problem: `there is no metric '${metric}'`,
    mend: suggestNames(String(metric), known),
  });
}

function accuracyKind({ outputShape, targetShape }: MetricShapes): keyof typeof byName {
  if (outputShape.at(-1) === 1) return 'binaryAccuracy';
  const labels = targetShape.length < outputShape.length || targetShape.at(-1) === 1;
  return labels ? 'sparseCategoricalAccuracy' : 'categoricalAccuracy';
}

function metricOf(metric: unknown): Metric {
  if (typeof metric === 'function' && !isClass(metric)) return new FunctionMetric(metric as LossFunction);
  const { statistics, result, values } = (metric ?? {}) as Partial<Metric> & { readonly values?: unknown };
  if (typeof statistics === 'function' && typeof result === 'function' && !isClass(metric)) return metric as Metric;
  const mend = isClass(metric)
    ? `make one: new ${metric.name}()`
    : typeof values === 'function'
      ? 'make a metric of the loss: new LossMetric({ loss })'
      : undefined;
  throw new ValueError({
    where: 'metrics',
    problem: 'this is not a metric',
    expected: "a name such as 'accuracy', a metric, or a function (targets, predictions) => tensor",
    got: describeValue(metric),
    ...(mend !== undefined && { mend }),
  });
}
