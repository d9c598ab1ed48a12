import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import {
  activateBackend,
  isEspalierError,
  LossMetric,
  MeanMetric,
  type Metric,
  metricFromConfig,
  resolveMetric,
} from '@espalier/core';
import { equal, memory, slice, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

interface Plain {
  shape: number[];
  dtype: 'float32' | 'int32';
  values: number[];
}
interface Case {
  className: string;
  options: Record<string, number>;
  targets: Plain;
  predictions: Plain;
  weights: number[];
  result: number;
  weightedResult: number;
}
interface Choice {
  choice: string;
  targetShape: number[];
  outputShape: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../../../parity/golden/metrics.json', import.meta.url), 'utf8')) as {
  cases: (Case | Choice)[];
};
const cases = golden.cases.filter((one): one is Case => 'className' in one);
const choices = golden.cases.filter((one): one is Choice => 'choice' in one);
const make = ({ values, shape, dtype }: Plain): Tensor => tensor(values, shape, dtype);

function metricOf({ className, options }: Case): Metric {
  if (className === 'MeanSquaredError') return new LossMetric({ loss: 'meanSquaredError' });
  if (className === 'MeanAbsoluteError') return new LossMetric({ loss: 'meanAbsoluteError' });
  return metricFromConfig({ className, config: options });
}

function rows(t: Tensor, from: number, to: number): Tensor {
  return slice(t, [from, ...t.shape.slice(1).fill(0)], [to - from, ...t.shape.slice(1)]);
}

/** The figure after a first batch of one example and a second of the others. */
function overBatches(metric: Metric, t: Tensor, p: Tensor, weights?: Tensor): number {
  const sums = new Float64Array(metric.statisticsSize);
  for (const [from, to] of [
    [0, 1],
    [1, t.shape[0]!],
  ] as const) {
    const batch = metric.statistics(rows(t, from, to), rows(p, from, to), weights && rows(weights, from, to));
    expect(batch.shape).toEqual([metric.statisticsSize]);
    expect(batch.dtype).toBe('float32');
    for (const [i, value] of batch.dataSync().entries()) sums[i]! += value;
  }
  return metric.result(sums);
}

describe.each([cpu(), wasm({ threads: 1 })])('metrics on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(cases.map((one, i) => [`${i} ${one.className} ${JSON.stringify(one.options)}`, one] as const))(
    'Keras: %s',
    (_, one) => {
      const before = memory().numTensors;
      tidy(() => {
        const metric = metricOf(one);
        const [t, p, w] = [make(one.targets), make(one.predictions), tensor(one.weights)];
        expect(Math.abs(overBatches(metric, t, p) - one.result)).toBeLessThan(1e-6);
        expect(Math.abs(overBatches(metric, t, p, w) - one.weightedResult)).toBeLessThan(1e-6);
      });
      expect(memory().numTensors).toBe(before);
    },
  );

  it('counts truths as 0 and 1, and takes whole weights', () => {
    class Same extends MeanMetric {
      override readonly className = 'Same';
      values(targets: Tensor, predictions: Tensor): Tensor {
        return equal(targets, predictions);
      }
    }
    const [t, p, w] = [tensor([1, 2, 3]), tensor([1, 2, 4]), tensor([1, 2, 3], [3], 'int32')];
    const mse = new LossMetric({ loss: 'mse' });
    tidy(() => {
      expect(Array.from(new Same('same').statistics(t, p).dataSync())).toEqual([2, 3]);
      expect(Array.from(new Same('same').statistics(t, p, w).dataSync())).toEqual([3, 6]);
      expect(Array.from(mse.statistics(t, p, w).dataSync())).toEqual([3, 6]);
    });
  });

  it('leaves no tensor behind but the statistics', () => {
    for (const one of cases) {
      const [t, p, w] = [make(one.targets), make(one.predictions), tensor(one.weights)];
      const before = memory().numTensors;
      metricOf(one).statistics(t, p);
      metricOf(one).statistics(t, p, w);
      expect(memory().numTensors, one.className).toBe(before + 2);
    }
  });
});

describe('metrics', () => {
  it('are 0 before the first example', () => {
    expect(new LossMetric({ loss: 'mse' }).result([0, 0])).toBe(0);
  });

  it.each(choices)("'accuracy' is $choice for targets $targetShape and outputs $outputShape, as in Keras", (one) => {
    for (const name of ['accuracy', 'acc'] as const) {
      const metric = resolveMetric(name, one);
      expect(metric.serialize().className).toBe(one.choice);
      expect(metric.name).toBe(name);
    }
  });

  const shapes = { targetShape: [null, 3], outputShape: [null, 3] };

  it('are found by the names of metrics and losses', () => {
    for (const name of ['binaryAccuracy', 'categoricalAccuracy', 'mse', 'categoricalCrossentropy'] as const) {
      expect(resolveMetric(name, shapes).name).toBe(name);
    }
    const own = new LossMetric({ loss: 'mse', name: 'own' });
    expect(resolveMetric(own, shapes)).toBe(own);
    const error = (() => {
      try {
        return resolveMetric('acuracy' as 'accuracy', shapes);
      } catch (caught) {
        return caught as Error;
      }
    })();
    expect(isEspalierError(error, 'ValueError')).toBe(true);
    expect((error as Error).message).toContain("did you mean 'accuracy'");
  });

  it('are made again from what they serialize to', () => {
    const names = ['accuracy', 'sparseCategoricalAccuracy', 'binaryAccuracy', 'mae', 'binaryCrossentropy'] as const;
    for (const name of names) {
      const serialized = resolveMetric(name, shapes).serialize();
      expect(metricFromConfig(JSON.parse(JSON.stringify(serialized))).serialize()).toEqual(serialized);
    }
    expect(() => metricFromConfig({ className: 'Recall', config: {} })).toThrow(/no metric class 'Recall'/);
  });

  it('refuse targets of the wrong kind and name the other metric', () => {
    const p = tensor([0.1, 0.9], [1, 2]);
    const dense = resolveMetric('categoricalAccuracy', shapes);
    const sparse = resolveMetric('sparseCategoricalAccuracy', shapes);
    expect(() => dense.statistics(tensor([1], [1], 'int32'), p)).toThrow(/'sparseCategoricalAccuracy'/);
    expect(() => sparse.statistics(p, p)).toThrow(/'categoricalAccuracy'/);
  });
});
