import {
  activateBackend,
  isEspalierError,
  type Layer,
  layerFromConfig,
  Rng,
  type SerializedObject,
} from '@espalier/core';
import { backends } from '@espalier/testing';
import { cast, complex, type DataType, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerClasses } from '../src/index.js';
import { expectValuesClose, readGolden } from './support/golden.js';

type Dtype = 'float32' | 'int32' | 'bool';

/** What Keras gave; `dtype` is null where it refuses the input in a kernel's words. */
interface Result {
  readonly dtype: Dtype | null;
  readonly values: readonly number[] | null;
}

interface Case {
  readonly name: string;
  readonly layer: SerializedObject;
  readonly shapes: readonly (readonly number[] | 'float32')[];
  readonly results: Readonly<Record<Dtype, Result>>;
}

/** Where Keras gives another dtype than it announces, or loses the values. */
const OURS: Readonly<Record<string, string>> = {
  Dropout: 'float32, as Keras announces; it hands int32 through outside of training and refuses it in training',
  RMSNormalization: 'Keras cuts the result off to whole numbers, and gives it in the dtype of the input',
  LayerNormalization: 'Keras cuts the result off to whole numbers',
  GroupNormalization: 'Keras cuts the result off to whole numbers',
};

const cases = readGolden<Case>('dtypes');
const dtypes: readonly Dtype[] = ['float32', 'int32', 'bool'];
const ctx = (training = false) => ({ training, rng: new Rng(1) });

function example(shape: readonly number[], dtype: Dtype, ids: boolean): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const numbers = Array.from({ length: size }, (_, i) => (ids ? i % 3 : (i % 5) - 2));
  const values = dtype === 'bool' ? numbers.map((value) => value !== 0) : numbers;
  return tensor(values as number[], [...shape], dtype);
}

function inputs({ name, shapes }: Case, dtype: Dtype): Tensor[] {
  return shapes.map((shape) => {
    const sized = (shape === 'float32' ? shapes[0] : shape) as readonly number[];
    return example(sized, shape === 'float32' ? 'float32' : dtype, name === 'Embedding');
  });
}

const feed = (tensors: Tensor[]) => (tensors.length === 1 ? tensors[0]! : tensors);

function made(serialized: SerializedObject, fed: readonly Tensor[]): Layer {
  const layer = layerFromConfig(serialized, layerClasses);
  const shapes = fed.map(({ shape }) => shape);
  layer.buildFor(shapes.length === 1 ? shapes[0]! : shapes);
  layer.initialize(new Rng(3));
  return layer;
}

it('has a case for every layer', () => {
  const named = new Set(cases.map(({ layer }) => layer.className));
  expect(Object.keys(layerClasses).filter((name) => !named.has(name) && name !== 'InputLayer')).toEqual([]);
});

describe.each(backends)('on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  describe.each(cases)('$name', (one) => {
    it.each(dtypes)('takes %s as Keras does, or as float32', (dtype) => {
      const { dtype: wanted, values } = one.results[dtype];
      const fed = inputs(one, dtype);
      const layer = made(one.layer, fed);
      tidy(() => {
        const y = layer.apply(feed(fed), ctx()) as Tensor;
        const announced = layer.computeOutputDtype(
          fed[0]!.dtype,
          fed.map((x) => x.dtype),
        );
        expect(y.dtype, 'what it announces').toBe(announced);
        const ours = one.name in OURS || wanted === null;
        expect(y.dtype).toBe(ours ? 'float32' : wanted);
        if (!ours) expectValuesClose(y.dataSync(), values!, 1e-5, one.name);
        if (!ours) return;
        // Where Keras cannot say: what the same numbers give as float32.
        const right = layer.apply(feed(fed.map((x) => cast(x, 'float32'))), ctx()) as Tensor;
        expectValuesClose(y.dataSync(), right.dataSync(), 1e-6, one.name);
      });
      layer.dispose();
    });

    it('announces the dtype in training too', () => {
      for (const dtype of dtypes) {
        const fed = inputs(one, dtype);
        const layer = made(one.layer, fed);
        const y = tidy(() => layer.apply(feed(fed), ctx(true)) as Tensor);
        expect(y.dtype).toBe(
          layer.computeOutputDtype(
            dtype,
            fed.map((x) => x.dtype),
          ),
        );
        y.dispose();
        layer.dispose();
      }
    });

    it('leaves nothing behind outside of a scope', () => {
      for (const dtype of dtypes) {
        const fed = inputs(one, dtype);
        const layer = made(one.layer, fed);
        const before = memory().numTensors;
        layer.apply(feed(fed), ctx()).dispose();
        expect(memory().numTensors, dtype).toBe(before);
        layer.dispose();
      }
    });

    it.each(['string', 'complex64'] as const)('refuses %s by its name', (dtype) => {
      const fed = inputs(one, 'float32');
      const layer = made(one.layer, fed);
      layer.path = 'stem/here';
      const wrong = fed.map(({ shape, size }) => strange(shape, size, dtype));
      const before = memory().numTensors;
      expect(() => layer.apply(feed(wrong), ctx())).toThrowError(
        expect.toSatisfy(
          (error: Error) => isEspalierError(error, 'ShapeError') && error.message.startsWith('stem/here'),
        ),
      );
      expect(memory().numTensors).toBe(before);
      layer.dispose();
    });
  });
});

function strange(shape: number[], size: number, dtype: DataType): Tensor {
  if (dtype === 'string') return tensor(new Array<string>(size).fill('word'), shape, 'string');
  return tidy(() => complex(tensor(new Float32Array(size), shape), tensor(new Float32Array(size), shape)));
}
