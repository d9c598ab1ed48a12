import { add, div, mul, sum, Tensor, tidy } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/Dataset.js';
import { ShapeError, ValueError } from '../errors/kinds.js';
import { concat, mean, reshape } from '../gradients/kernels.js';
import type { LossFunction } from '../losses/FunctionLoss.js';
import type { Loss } from '../losses/Loss.js';
import { type LossName, resolveLoss } from '../losses/resolveLoss.js';
import type { Metric } from '../metrics/Metric.js';
import { type MetricName, resolveMetric } from '../metrics/resolveMetric.js';
import type { Parameter } from '../module/Parameter.js';
import { showShape } from '../module/Shape.js';
import { describeValue } from '../options/describeValue.js';
import type { Figure } from './Tally.js';

/** A loss by name, as an object, or as a function of targets and predictions. */
export type LossSpec = LossName | Loss | LossFunction;
/** A metric by name, as an object, or as a function of targets and predictions. */
export type MetricSpec = MetricName | Metric | LossFunction;

type MetricsList = readonly MetricSpec[] | readonly (readonly MetricSpec[])[];

const LOSS_FIGURE: Figure = { name: 'loss', statisticsSize: 2, result: (s) => s[0]! / Math.max(1, s[1]!) };

/** What is minimised and what is shown: the losses and metrics of each output. */
export class Objective {
  readonly losses: readonly Loss[];
  readonly #weights: readonly number[];
  readonly #outputNames: readonly string[] | undefined;
  readonly #metricSpecs: readonly (readonly (MetricName | Metric)[])[];
  #metrics: readonly (readonly Metric[])[] | undefined;

  constructor(
    loss: LossSpec | readonly LossSpec[],
    metrics: MetricSpec | readonly MetricSpec[] | readonly (readonly MetricSpec[])[] = [],
    lossWeights?: readonly number[],
    outputNames?: readonly string[],
  ) {
    this.losses = (Array.isArray(loss) ? (loss as readonly LossSpec[]) : [loss as LossSpec]).map((one) =>
      resolveLoss(one),
    );
    this.#outputNames = outputNames;
    this.#weights = lossWeights ?? this.losses.map(() => 1);
    const several: MetricsList = Array.isArray(metrics) ? (metrics as MetricsList) : [metrics as MetricSpec];
    this.#metricSpecs = (isNested(several) ? several : [several]).map(listOfMetrics);
    for (const [what, length] of [
      ['lossWeights', this.#weights.length],
      ['metrics', several.length === 0 ? this.losses.length : this.#metricSpecs.length],
    ] as const) {
      if (length !== this.losses.length) {
        throw new ValueError({
          where: 'compile',
          problem: `${what} and losses differ in number`,
          expected: `${this.losses.length}, one for each output`,
          got: String(length),
        });
      }
    }
    const weight = this.#weights.find((one) => !Number.isFinite(one));
    if (weight !== undefined) {
      throw new ValueError({
        where: 'compile, lossWeights',
        problem: 'each is a finite number',
        got: describeValue(weight),
      });
    }
    const twice = this.names.find((name, i, names) => names.indexOf(name) < i);
    if (twice !== undefined) {
      throw new ValueError({
        where: 'compile',
        problem: `two figures are named '${twice}'`,
        mend: 'give one of the metrics another name: new LossMetric({ loss, name })',
      });
    }
  }

  /** Loss first, then each output's metrics; the metrics are known from the first {@link check} on. */
  get figures(): readonly Figure[] {
    const named = (this.#metrics ?? []).flatMap((metrics, i) =>
      metrics.map((metric) => ({
        name: this.#figureName(metric.name, i),
        statisticsSize: metric.statisticsSize,
        result: (sums: ArrayLike<number>) => metric.result(sums),
      })),
    );
    return [LOSS_FIGURE, ...named];
  }

  /** The names of the figures, which are known before the first batch. */
  get names(): readonly string[] {
    const named = this.#metricSpecs.flatMap((specs, i) =>
      specs.map((spec) => this.#figureName(typeof spec === 'string' ? spec : spec.name, i)),
    );
    return [LOSS_FIGURE.name, ...named];
  }

  /**
   * Compares targets with outputs, and decides by their shapes which accuracy `accuracy` is.
   * @throws ShapeError or DataError where targets are missing, of the wrong shape, or out of range.
   */
  check(outputs: readonly Tensor[], batch: Batch, where: string): void {
    const targets = list(batch.targets);
    if (targets.length !== outputs.length || outputs.length !== this.losses.length) {
      throw new ShapeError({
        where,
        problem: 'outputs, losses and targets differ in number',
        expected: `${outputs.length}, the outputs of the model`,
        got: `${this.losses.length} losses, ${targets.length} targets`,
        mend: 'pass y, and one loss and one target for each output',
      });
    }
    for (const [i, loss] of this.losses.entries()) {
      loss.checkTargets?.(targets[i]!, outputs[i]!.shape, where, batch.indices);
    }
    this.#metrics ??= this.losses.map((_, i) =>
      (this.#metricSpecs[i] ?? []).map((spec) =>
        resolveMetric(spec, { outputShape: outputs[i]!.shape, targetShape: targets[i]!.shape }),
      ),
    );
  }

  /** The scalar to minimise: sum over outputs of `weight * sum(values * sampleWeight) / batch`, plus the penalties. */
  total(outputs: readonly Tensor[], batch: Batch, parameters: Iterable<Parameter>): Tensor {
    const targets = list(batch.targets);
    let total: Tensor | undefined;
    for (const [i, loss] of this.losses.entries()) {
      const values = loss.values(targets[i]!, outputs[i]!);
      const reduced =
        batch.sampleWeight === undefined ? mean(values) : div(sum(mul(values, batch.sampleWeight)), values.size);
      const weighted = this.#weights[i] === 1 ? reduced : mul(reduced, this.#weights[i]!);
      total = total === undefined ? weighted : add(total, weighted);
    }
    for (const { regularizer, value } of withRegularizer(parameters)) total = add(total!, regularizer.penalty(value));
    return total!;
  }

  /** Whether anything but the loss is measured; known from the first {@link check} on. */
  get measures(): boolean {
    return this.#metrics?.some((metrics) => metrics.length > 0) ?? false;
  }

  /**
   * The loss and the statistics of all metrics for one batch in one tensor, so that one read brings them to the host;
   * `figuresOf` makes of its values what a tally adds up.
   */
  statistics(total: Tensor, outputs: readonly Tensor[], batch: Batch): Tensor {
    if (!this.measures) return total;
    return tidy(() => {
      const targets = list(batch.targets);
      const parts = [reshape(total, [1])];
      for (const [i, metrics] of (this.#metrics ?? []).entries()) {
        for (const metric of metrics) {
          parts.push(statisticsOf(metric, metric.statistics(targets[i]!, outputs[i]!, batch.sampleWeight)));
        }
      }
      return concat(parts);
    });
  }

  #figureName(metric: string, output: number): string {
    return this.losses.length === 1 ? metric : `${this.#outputNames?.[output] ?? `output${output}`}_${metric}`;
  }
}

/** @throws ValueError where the statistics of a metric are not the vector that it promised: others would be read as its own. */
function statisticsOf(metric: Metric, given: Tensor): Tensor {
  if (given instanceof Tensor && given.rank === 1 && given.size === metric.statisticsSize) return given;
  throw new ValueError({
    where: `the metric '${metric.name}'`,
    problem: 'statistics() gave something else than statisticsSize says',
    expected: `a tensor of shape (${metric.statisticsSize},)`,
    got: given instanceof Tensor ? showShape(given.shape) : describeValue(given),
  });
}

/** The statistics of a batch of `size` examples, from the values of {@link Objective.statistics}: the loss by example. */
export function figuresOf([loss = 0, ...metrics]: Iterable<number>, size: number): number[] {
  return [loss * size, size, ...metrics];
}

function* withRegularizer(parameters: Iterable<Parameter>) {
  for (const parameter of parameters) {
    if (parameter.regularizer !== undefined) yield { regularizer: parameter.regularizer, value: parameter.value };
  }
}

/** A mistyped name shows here rather than in the first step; the shapes decide only which accuracy it is. */
function listOfMetrics(specs: readonly MetricSpec[] | MetricSpec): readonly (MetricName | Metric)[] {
  return list(specs as never).map((spec: MetricSpec) => {
    const metric = resolveMetric(spec, { outputShape: [null], targetShape: [null] });
    return typeof spec === 'string' ? spec : metric;
  });
}

function isNested(metrics: MetricsList): metrics is readonly (readonly MetricSpec[])[] {
  return metrics.some((one) => Array.isArray(one));
}

/** A list of one, of many, or of none. */
export function list<T extends object>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
