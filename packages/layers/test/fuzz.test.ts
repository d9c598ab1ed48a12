import { activateBackend, isEspalierError, type Layer, Rng, type Shape } from '@espalier/core';
import { backends } from '@espalier/testing';
import { cast, memory, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Activation,
  type ActivationName,
  Add,
  AveragePooling2D,
  activations,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  Dropout,
  Embedding,
  Flatten,
  GlobalAveragePooling2D,
  GRU,
  GroupNormalization,
  Input,
  LayerNormalization,
  LSTM,
  MaxPooling2D,
  MultiHeadAttention,
  Reshape,
  RMSNormalization,
  SimpleRNN,
} from '../src/index.js';

/** Inputs for each layer; raise it to look longer: `FUZZ=2000 npx vitest run --project tests packages/layers/test/fuzz`. */
const RUNS = Number(process.env.FUZZ ?? 40);
const path = 'stem/here';

/** Every layer, in the ways that change what it can take. `like` is a shape that goes well, which many draws are near. */
const layers: readonly (readonly [name: string, make: () => Layer, like: Shape | Shape[]])[] = [
  ...(Object.keys(activations) as ActivationName[]).map(
    (activation) => [`Activation ${activation}`, () => new Activation({ activation }), [2, 3]] as const,
  ),
  [
    'Add',
    () => new Add(),
    [
      [2, 3],
      [2, 3],
    ],
  ],
  ['AveragePooling2D', () => new AveragePooling2D({ poolSize: [2, 1] }), [2, 3, 2, 1]],
  ['AveragePooling2D same', () => new AveragePooling2D({ poolSize: 2, strides: 1, padding: 'same' }), [1, 2, 3, 2]],
  ['BatchNormalization', () => new BatchNormalization(), [2, 3]],
  ['BatchNormalization axis 1', () => new BatchNormalization({ axis: 1 }), [2, 3, 2]],
  ['Bidirectional', () => new Bidirectional({ layer: new GRU({ units: 2, returnSequences: true }) }), [2, 3, 2]],
  [
    'Concatenate',
    () => new Concatenate(),
    [
      [2, 3],
      [2, 1],
    ],
  ],
  [
    'Concatenate axis 1',
    () => new Concatenate({ axis: 1 }),
    [
      [2, 3, 2],
      [2, 1, 2],
    ],
  ],
  ['Conv2D', () => new Conv2D({ filters: 2, kernelSize: 2, activation: 'relu' }), [1, 3, 3, 2]],
  ['Conv2D dilated', () => new Conv2D({ filters: 2, kernelSize: 2, dilationRate: [2, 1] }), [1, 3, 3, 2]],
  ['Conv2D groups', () => new Conv2D({ filters: 2, kernelSize: [1, 2], groups: 2, strides: 2 }), [1, 3, 3, 2]],
  ['Conv2D same', () => new Conv2D({ filters: 1, kernelSize: 3, padding: 'same' }), [1, 2, 3, 1]],
  ['Dense', () => new Dense({ units: 2, activation: 'tanh' }), [2, 3]],
  ['Dense on sequences', () => new Dense({ units: 2, activation: 'softmax' }), [2, 3, 2]],
  ['DepthwiseConv2D', () => new DepthwiseConv2D({ kernelSize: 2, depthMultiplier: 2 }), [1, 3, 3, 2]],
  ['Dropout', () => new Dropout({ rate: 0.5 }), [2, 3]],
  ['Embedding', () => new Embedding({ inputDim: 3, outputDim: 2 }), [2, 3]],
  ['Flatten', () => new Flatten(), [2, 3, 2]],
  ['GlobalAveragePooling2D', () => new GlobalAveragePooling2D(), [2, 3, 2, 1]],
  ['GRU', () => new GRU({ units: 2 }), [2, 3, 2]],
  [
    'GRU with a state',
    () => new GRU({ units: 2, resetAfter: false }),
    [
      [2, 3, 2],
      [2, 2],
    ],
  ],
  ['GroupNormalization', () => new GroupNormalization({ groups: 2 }), [2, 3, 2]],
  ['GroupNormalization axis 1', () => new GroupNormalization({ groups: -1, axis: 1 }), [2, 3, 2]],
  ['Input', () => new Input({ shape: [null, 2] }), [2, 3, 2]],
  ['LayerNormalization', () => new LayerNormalization(), [2, 3]],
  ['LayerNormalization axes', () => new LayerNormalization({ axis: [1, -1] }), [2, 3, 2]],
  ['LSTM', () => new LSTM({ units: 2, returnSequences: true }), [2, 3, 2]],
  [
    'LSTM with states',
    () => new LSTM({ units: 2 }),
    [
      [2, 3, 2],
      [2, 2],
      [2, 2],
    ],
  ],
  ['MaxPooling2D', () => new MaxPooling2D({ poolSize: [1, 2] }), [2, 2, 3, 1]],
  ['MaxPooling2D same', () => new MaxPooling2D({ poolSize: 3, strides: 2, padding: 'same' }), [1, 3, 2, 2]],
  ['MultiHeadAttention', () => new MultiHeadAttention({ numHeads: 2, keyDim: 1 }), [2, 3, 2]],
  [
    'MultiHeadAttention across',
    () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
    [
      [2, 3, 2],
      [2, 2, 2],
    ],
  ],
  [
    'MultiHeadAttention mask',
    () => new MultiHeadAttention({ numHeads: 1, keyDim: 2 }),
    [
      [2, 3, 2],
      [2, 2, 2],
      [2, 2, 2],
      [2, 3, 2],
    ],
  ],
  ['Reshape', () => new Reshape({ targetShape: [-1, 2] }), [2, 3, 2]],
  ['Reshape to one', () => new Reshape({ targetShape: [1] }), [2, 1]],
  ['RMSNormalization', () => new RMSNormalization(), [2, 3]],
  ['SimpleRNN', () => new SimpleRNN({ units: 2, activation: 'relu' }), [2, 3, 2]],
];

interface Fed {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'string';
  readonly seed: number;
}

const dtype = fc.constantFrom('float32', 'float32', 'int32', 'int32', 'bool', 'string') as fc.Arbitrary<Fed['dtype']>;
const anyShape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 });
/** The shape that goes well with one axis changed, most often. */
const near = (shape: readonly number[]) =>
  fc.oneof(
    fc.constant([...shape]),
    fc.tuple(fc.nat(Math.max(0, shape.length - 1)), fc.integer({ min: 0, max: 3 })).map(([axis, size]) => {
      return shape.map((own, i) => (i === axis ? size : own));
    }),
    anyShape,
  );
const fedOf = (like: Shape | Shape[]): fc.Arbitrary<Fed[]> => {
  const shapes = (Array.isArray(like[0]) ? like : [like]) as number[][];
  const one = (shape: readonly number[]) => fc.record({ shape: near(shape), dtype, seed: fc.nat(99) });
  const exact = (shape: readonly number[]) => fc.record({ shape: fc.constant(shape), dtype, seed: fc.nat(99) });
  return fc.oneof(
    fc.tuple(...shapes.map(one)),
    fc.tuple(...shapes.map(exact)),
    fc.array(one(shapes[0]!), { minLength: 1, maxLength: 3 }),
  );
};

function tensorOf({ shape, dtype: type, seed }: Fed): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const numbers = Array.from({ length: size }, (_, i) => ((i * 7 + seed) % 5) - (seed % 3));
  if (type === 'string') return tensor(numbers.map(String), [...shape], 'string');
  const values = type === 'bool' ? numbers.map((n) => (n > 0 ? 1 : 0)) : numbers;
  return tensor(type === 'float32' ? Float32Array.from(values) : values, [...shape], type);
}

/** What came: the values, or the error. */
type Outcome = { readonly shape: number[]; readonly values: number[] } | { readonly error: unknown };

function attempt(make: () => Layer, fed: readonly Fed[], training: boolean, asFloat32: boolean): Outcome {
  const given = fed.map(tensorOf);
  const inputs = asFloat32 ? given.map((x) => (x.dtype === 'string' ? x : cast(x, 'float32'))) : given;
  const layer = make();
  layer.path = path;
  const ctx = { training, rng: new Rng(5) };
  const run = () => layer.run(inputs.length === 1 ? inputs[0]! : [...inputs], ctx);
  try {
    // Twice: the first call builds the layer, the second must leave nothing but its output.
    tidy(() => void run());
    const before = memory().numTensors;
    const y = [run()].flat();
    expect(memory().numTensors - before, 'tensors left behind').toBe(y.length);
    const outcome = { shape: y.flatMap((one) => one.shape), values: y.flatMap((one) => [...one.dataSync()]) };
    for (const one of y) one.dispose();
    return outcome;
  } catch (error) {
    if (!isEspalierError(error)) return { error };
    const before = memory().numTensors;
    expect(run, 'the same again').toThrowError();
    expect(memory().numTensors, 'tensors left behind').toBe(before);
    return { error };
  } finally {
    layer.dispose();
    for (const x of new Set([...given, ...inputs])) x.dispose();
  }
}

describe('whatever a layer is fed with', () => {
  it.each(layers)('%s gives the value that cpu gives in float32, or an error with its name', async (_, make, like) => {
    const cases = fc.sample(fc.tuple(fedOf(like), fc.boolean()), { numRuns: RUNS, seed: 1 });
    const outcomes = new Map<string, Outcome[]>();
    let right: Outcome[] = [];
    for (const [name, backend] of backends) {
      await activateBackend(backend());
      if (name === 'cpu') right = cases.map(([fed, training]) => attempt(make, fed, training, true));
      outcomes.set(
        name,
        cases.map(([fed, training]) => attempt(make, fed, training, false)),
      );
    }
    for (const [name, list] of outcomes) {
      for (const [i, outcome] of list.entries()) {
        const said = `${name}: ${JSON.stringify(cases[i])}`;
        if ('error' in outcome) {
          expect(isEspalierError(outcome.error), `${said}: ${String(outcome.error)}`).toBe(true);
          expect(String((outcome.error as Error).message), said).toMatch(/^stem\/here[ /]/);
          continue;
        }
        const wanted = right[i]!;
        expect('error' in wanted ? wanted.error : undefined, `${said} is refused as float32 on cpu`).toBeUndefined();
        if ('error' in wanted) continue;
        expect(outcome.shape, said).toEqual(wanted.shape);
        for (const [k, value] of outcome.values.entries()) {
          const off = Math.abs(Number(value) - wanted.values[k]!) / Math.max(1, Math.abs(wanted.values[k]!));
          if (!(off < 1e-4)) expect.fail(`${said}: element ${k} is ${value}, not ${wanted.values[k]}`);
        }
      }
    }
  });
});
