import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, isEspalierError, lossFromConfig, resolveLoss } from '@espalier/core';
import { grad, mean, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossNames } from '../../src/losses/resolveLoss.js';

interface Plain {
  shape: number[];
  dtype: 'float32' | 'int32';
  values: number[];
}
interface Case {
  className: string;
  options: Record<string, number | boolean>;
  targets: Plain;
  predictions: Plain;
  values: number[];
  gradient: number[];
}

const golden = JSON.parse(readFileSync(new URL('../../../../parity/golden/losses.json', import.meta.url), 'utf8')) as {
  cases: Case[];
};
const make = ({ values, shape, dtype }: Plain): Tensor => tensor(values, shape, dtype);

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) {
    expect(Math.abs(got[i]! - value), `[${i}] ${got[i]} against ${value}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(value)),
    );
  }
}

function thrown(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe.each([cpu(), wasm({ threads: 1 })])('losses on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(golden.cases.map((one, i) => [`${i} ${one.className} ${JSON.stringify(one.options)}`, one] as const))(
    'Keras: %s',
    (_, { className, options, targets, predictions, values, gradient }) => {
      const loss = lossFromConfig({ className, config: options });
      const before = memory().numTensors;
      tidy(() => {
        const t = make(targets);
        const p = make(predictions);
        const got = loss.values(t, p);
        expect(got.shape).toEqual([predictions.shape[0]]);
        expect(got.dtype).toBe('float32');
        expectClose(got.dataSync(), values, 1e-6);
        const derivative = grad((x) => mean(loss.values(t, x)))(p);
        expect(derivative.shape).toEqual(predictions.shape);
        expectClose(derivative.dataSync(), gradient, 1e-6);
      });
      expect(memory().numTensors).toBe(before);
    },
  );

  it('leaves no tensor behind but the values', () => {
    for (const name of lossNames) {
      const p = tensor([0.2, 0.8, 0.5, 0.5], [2, 2]);
      const t = name === 'sparseCategoricalCrossentropy' ? tensor([0, 1], [2], 'int32') : p;
      const before = memory().numTensors;
      resolveLoss(name).values(t, p);
      expect(memory().numTensors, name).toBe(before + 1);
    }
  });

  it('does not hide a NaN in the predictions', () => {
    for (const name of lossNames) {
      const p = tensor([Number.NaN, 0.8, 0.5, 0.5], [2, 2]);
      const t = name === 'sparseCategoricalCrossentropy' ? tensor([0, 1], [2], 'int32') : tensor([1, 0, 0, 1], [2, 2]);
      expect(resolveLoss(name).values(t, p).dataSync()[0], name).toBeNaN();
    }
  });
});

describe('losses', () => {
  beforeAll(async () => void (await activateBackend(cpu())));

  it('agree between labels and one-hot targets, logits and probabilities, for any shape', () => {
    const shapes = fc.record({
      rows: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
      classes: fc.integer({ min: 2, max: 6 }),
      seed: fc.integer({ min: 0, max: 1e6 }),
    });
    fc.assert(
      fc.property(shapes, ({ rows, classes, seed }) => {
        tidy(() => {
          const count = rows.reduce((a, b) => a * b, 1);
          const x = Array.from({ length: count * classes }, (_, i) => 3 * Math.sin(seed + i * 1.7));
          const labels = Array.from({ length: count }, (_, i) => (seed + i * 5) % classes);
          const oneHot = labels.flatMap((label) => Array.from({ length: classes }, (_, c) => Number(c === label)));
          const p = x.map(Math.exp);
          const shape = [...rows, classes];
          const dense = (predictions: number[], fromLogits: boolean) =>
            lossFromConfig({ className: 'CategoricalCrossentropy', config: { fromLogits } })
              .values(tensor(oneHot, shape), tensor(predictions, shape))
              .dataSync();
          const sparse = resolveLoss('sparseCategoricalCrossentropy').values(
            tensor(labels, rows, 'int32'),
            tensor(p, shape),
          );
          expect(sparse.shape).toEqual([rows[0]]);
          // Float32 sums in a different order: a few units in the last place of values up to 8.
          expectClose(sparse.dataSync(), [...dense(p, false)], 1e-6);
          expectClose(dense(x, true), [...dense(p, false)], 2e-6);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('are made again from what they serialize to', () => {
    for (const className of ['CategoricalCrossentropy', 'BinaryCrossentropy']) {
      const serialized = { className, config: { name: 'mine', fromLogits: true, labelSmoothing: 0.25 } };
      expect(lossFromConfig(serialized).serialize()).toEqual(serialized);
    }
    for (const name of lossNames) {
      const loss = resolveLoss(name);
      expect(lossFromConfig(JSON.parse(JSON.stringify(loss.serialize()))).serialize()).toEqual(loss.serialize());
    }
    const unknown = thrown(() => lossFromConfig({ className: 'Hinge', config: {} }));
    expect(isEspalierError(unknown, 'ValueError')).toBe(true);
  });

  it('are found by name, and a mistyped name gets a suggestion', () => {
    expect(resolveLoss('mse').name).toBe('meanSquaredError');
    expect(resolveLoss('mae').name).toBe('meanAbsoluteError');
    const loss = resolveLoss('binaryCrossentropy');
    expect(resolveLoss(loss)).toBe(loss);
    const error = thrown(() => resolveLoss('categoricalCrosentropy' as 'mse'));
    expect(isEspalierError(error, 'ValueError')).toBe(true);
    expect(error.message).toContain("did you mean 'categoricalCrossentropy'");
    expect(
      isEspalierError(
        thrown(() => resolveLoss('toString' as 'mse')),
        'ValueError',
      ),
    ).toBe(true);
  });

  it('refuse a label smoothing outside [0, 1]', () => {
    for (const labelSmoothing of [-0.1, 1.5, Number.NaN]) {
      const config = { labelSmoothing };
      for (const className of ['CategoricalCrossentropy', 'BinaryCrossentropy']) {
        const error = thrown(() => lossFromConfig({ className, config }));
        expect(isEspalierError(error, 'ValueError')).toBe(true);
      }
    }
  });

  const misfits: [string, number[], number[], string][] = [
    ['categoricalCrossentropy', [4], [4, 3], "'sparseCategoricalCrossentropy'"],
    ['categoricalCrossentropy', [4, 1], [4, 3], "'sparseCategoricalCrossentropy'"],
    ['categoricalCrossentropy', [4, 2], [4, 3], 'the shape that the last layer puts out'],
    ['sparseCategoricalCrossentropy', [4, 3], [4, 3], "'categoricalCrossentropy'"],
    ['sparseCategoricalCrossentropy', [3], [4, 3], '(4, 3)'],
    ['binaryCrossentropy', [4], [4, 3], '(4, 3)'],
    ['meanSquaredError', [4, 1], [4, 3], '(4, 3)'],
    ['meanAbsoluteError', [4, 3], [4], '(4,)'],
  ];
  it.each(misfits)('%s refuses targets %j for predictions %j', (name, targets, predictions, hint) => {
    const loss = resolveLoss(name as 'mse');
    const t = tensor(new Float32Array(targets.reduce((a, b) => a * b, 1)), targets);
    const p = tensor(new Float32Array(predictions.reduce((a, b) => a * b, 1)), predictions);
    const errors = [() => loss.values(t, p), () => loss.checkTargets?.(t, p.shape, 'fit')].map(thrown);
    for (const error of errors) {
      expect(isEspalierError(error, 'ShapeError')).toBe(true);
      expect(error.message).toContain(hint);
    }
    expect(errors[1]!.message).toMatch(/^fit: /);
  });

  const badLabels: [string, number[], 'int32' | 'float32', number[], RegExp][] = [
    ['sparseCategoricalCrossentropy', [0, 9, 10, 3], 'int32', [4, 10], /label 10 at position 2[\s\S]*0 to 9/],
    ['sparseCategoricalCrossentropy', [0, -1, 2, 3], 'int32', [4, 10], /label -1 at position 1[\s\S]*0 to 9/],
    ['sparseCategoricalCrossentropy', [0, 1, 2.5, 3], 'float32', [4, 10], /label 2\.5 at position 2/],
    ['sparseCategoricalCrossentropy', [0, 1, 2, Number.NaN], 'float32', [4, 10], /label NaN at position 3/],
    ['binaryCrossentropy', [0, 1, -1, 1], 'float32', [4, 1], /label -1 at position 2[\s\S]*0 to 1/],
    ['binaryCrossentropy', [0, 2, 1, 1], 'int32', [4, 1], /label 2 at position 1/],
  ];
  it.each(badLabels)('%s names the bad label of %j (%s)', (name, values, dtype, predictions, message) => {
    const check = () =>
      resolveLoss(name as 'mse').checkTargets?.(tensor(values, [4], dtype), predictions, 'fit, batch 3');
    const error = thrown(check);
    expect(isEspalierError(error, 'DataError')).toBe(true);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^fit, batch 3: /);
  });

  it('accept good targets, also where the batch is not known yet', () => {
    resolveLoss('sparseCategoricalCrossentropy').checkTargets?.(tensor([0, 9], [2], 'int32'), [null, 10], 'fit');
    resolveLoss('categoricalCrossentropy').checkTargets?.(tensor([[0, 1]]), [null, 2], 'fit');
    resolveLoss('binaryCrossentropy').checkTargets?.(tensor([0, 1, 0.5]), [null, 1], 'fit');
    resolveLoss('mse').checkTargets?.(tensor([[7, -2]]), [null, 2], 'fit');
  });
});
