import { activateBackend, type CallContext, isEspalierError, Rng } from '@espalier/core';
import { backends } from '@espalier/testing';
import { ones, type Tensor, tensor, tensor2d, tensor3d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  Activation,
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  Conv2D,
  Dense,
  Dropout,
  Embedding,
  GRU,
  L1,
  L1L2,
  L2,
  LSTM,
  MaxPooling2D,
  Reshape,
  resolveRegularizer,
  SimpleRNN,
} from '../src/index.js';

const ctx = (training: boolean, mask?: Tensor): CallContext => ({ training, rng: new Rng(5), mask });
const values = (x: Tensor) => [...x.dataSync()];

describe.each(backends)('layers on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it.each([
    ['LSTM', () => new LSTM({ units: 3 })],
    ['GRU', () => new GRU({ units: 3 })],
    ['SimpleRNN', () => new SimpleRNN({ units: 3 })],
    ['Bidirectional', () => new Bidirectional({ layer: new LSTM({ units: 3 }) })],
  ])('%s does not see what the mask leaves out', (_name, make) => {
    tidy(() => {
      const layer = make();
      const mask = tensor2d([[1, 1, 0, 0]], [1, 4], 'bool');
      const run = (padding: number) =>
        values(
          layer.apply(
            tensor3d([
              [
                [1, 2],
                [3, 4],
                [padding, padding],
                [padding, 1],
              ],
            ]),
            ctx(true, mask),
          ),
        );
      expect(run(9)).toEqual(run(-7));
      const whole = values(
        layer.apply(
          tensor3d([
            [
              [1, 2],
              [3, 4],
            ],
          ]),
          ctx(true),
        ),
      );
      expect(run(0).map((v) => v.toFixed(5))).toEqual(whole.map((v) => v.toFixed(5)));
      layer.dispose();
    });
  });

  it.each([[7], [-1], [Number.NaN]])('Embedding refuses the id %s by name, position and range', (id) => {
    const layer = new Embedding({ inputDim: 7, outputDim: 2, name: 'words' });
    const run = () => tidy(() => void layer.apply(tensor2d([[0, 6, id]]), ctx(false)));
    expect(run).toThrowError(new RegExp(`words \\(Embedding\\).*${id} \\(element 2[\\s\\S]*0 to 6`));
    expect(run).toThrowError(expect.toSatisfy((error: unknown) => isEspalierError(error, 'DataError')));
    layer.dispose();
  });

  it('Embedding takes whole float32 numbers as ids', () => {
    tidy(() => {
      const layer = new Embedding({ inputDim: 3, outputDim: 2 });
      const rows = values(layer.apply(tensor2d([[2, 0]]), ctx(false)));
      expect(rows).toEqual(values(layer.apply(tensor2d([[2, 0]], [1, 2], 'int32'), ctx(false))));
      layer.dispose();
    });
  });

  it('Dropout keeps its share, scales it, and follows the stream', () => {
    tidy(() => {
      const layer = new Dropout({ rate: 0.3 });
      const y = values(layer.apply(ones([20000]), ctx(true)));
      expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
      expect(Math.abs(y.filter((v) => v === 0).length / 20000 - 0.3)).toBeLessThan(0.015);
      const other = values(layer.apply(ones([20000]), { training: true, rng: new Rng(6) }));
      expect(other).not.toEqual(y);
    });
  });

  it('BatchNormalization moves its statistics in training only, and not when frozen', () => {
    tidy(() => {
      const x = tensor2d([[1], [5]]);
      const layer = new BatchNormalization({ momentum: 0.5 });
      layer.apply(x, ctx(false));
      expect(values(layer.movingMean.value)).toEqual([0]);
      layer.apply(x, ctx(true));
      expect(values(layer.movingMean.value)).toEqual([1.5]);
      expect(values(layer.movingVariance.value)).toEqual([2.5]);
      layer.trainable = false;
      const frozen = values(layer.apply(x, ctx(true)));
      expect(values(layer.movingMean.value)).toEqual([1.5]);
      expect(frozen).toEqual(values(layer.apply(x, ctx(false))));
      layer.dispose();
    });
  });

  it("AveragePooling2D leaves out what 'same' adds, also where it adds more on one side", () => {
    tidy(() => {
      const layer = new AveragePooling2D({ poolSize: 2, padding: 'same' });
      const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      expect(values(layer.apply(x, ctx(false)))).toEqual([3, 4.5, 7.5, 9]);
    });
  });

  it.each([
    ['l1', new L1({ l1: 0.5 }), 3],
    ['l2', new L2({ l2: 0.5 }), 7],
    ['both', new L1L2({ l1: 0.5, l2: 0.5 }), 10],
    ['from its config', resolveRegularizer({ className: 'L1L2', config: { l1: 0, l2: 1 } }, 'test')!, 14],
  ])('regularizer %s has its penalty', (_name, regularizer, expected) => {
    const penalty = tidy(() => values(regularizer.penalty(tensor([1, -2, 3]))));
    expect(penalty).toEqual([expected]);
  });
});

describe('options out of range', () => {
  it.each([
    ['Dense units', () => new Dense({ units: 0 }), /Dense: units must be a positive integer[\s\S]*0/],
    ['Dense activation', () => new Dense({ units: 1, activation: 'rleu' as 'relu' }), /did you mean 'relu'/],
    ['Activation', () => new Activation({ activation: 'swish' as 'silu' }), /Activation: there is no activation/],
    ['Conv2D padding', () => new Conv2D({ filters: 1, kernelSize: 1, padding: 'full' as 'same' }), /valid, same/],
    ['Conv2D kernel', () => new Conv2D({ filters: 1, kernelSize: [3, 0] }), /kernelSize/],
    ['Conv2D both', () => new Conv2D({ filters: 1, kernelSize: 3, strides: 2, dilationRate: 2 }), /both be above 1/],
    ['Dropout', () => new Dropout({ rate: 1 }), /rate is out of range/],
    ['LSTM activation', () => new LSTM({ units: 1, recurrentActivation: 'softmax' }), /element by element/],
    ['BatchNormalization', () => new BatchNormalization({ axis: 0 }), /axis must be/],
    ['Bidirectional', () => new Bidirectional({ layer: new Dense({ units: 1 }) }), /recurrent[\s\S]*Dense/],
    ['Reshape', () => new Reshape({ targetShape: [-1, -1] }), /-1 at most once/],
    ['regularizer', () => new Dense({ units: 1, kernelRegularizer: 'l3' as 'l2' }), /did you mean 'l1' or 'l2'/],
  ])('%s', (_, make, message) => {
    expect(make).toThrowError(message);
    expect(make).toThrowError(expect.toSatisfy((error: unknown) => isEspalierError(error, 'ValueError')));
  });

  it('says that a function has no place in a config', () => {
    const layer = new Dense({ units: 1, activation: (x) => x, name: 'odd' });
    expect(() => layer.serialize()).toThrowError(/odd \(Dense\).*function/);
  });

  it('refuses a window that is larger than the image, by name', () => {
    const layer = new MaxPooling2D({ poolSize: 4, name: 'pool' });
    expect(() => layer.computeOutputShape([null, 3, 8, 1])).toThrowError(/pool \(MaxPooling2D\)[\s\S]*at least 4/);
  });
});
