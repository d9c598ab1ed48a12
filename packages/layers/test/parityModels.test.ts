import {
  activateBackend,
  type LossName,
  layerFromConfig,
  type Parameter,
  Rng,
  resolveLoss,
  Sequential,
  type SerializedObject,
} from '@espalier/core';
import { Adam } from '@espalier/optimizers';
import { backends } from '@espalier/testing';
import { mean, memory, type Scalar, type Tensor, tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerClasses } from '../src/index.js';
import { expectClose, expectValuesClose, type Packed, readGolden, tensorOf, valuesOf, weyl } from './support/golden.js';

/** What parity/models.py writes; paths begin with the position of the layer. */
interface ModelCase {
  readonly name: string;
  readonly layers: SerializedObject[];
  readonly inputShape: number[];
  /** Inputs are ids below this. */
  readonly ids?: number;
  readonly loss: LossName;
  readonly seeds: Record<string, number>;
  readonly targets: Packed;
  readonly learningRate: number;
  readonly output: Packed;
  readonly gradients: Record<string, PackedRows>;
  /** Before each of the steps. */
  readonly losses: number[];
  readonly weightsAfter: Record<string, PackedRows>;
}

/** With `rows`: only these rows of a table; the others are as they were. */
type PackedRows = Packed & { readonly rows?: number[] };

const cases = readGolden<ModelCase>('models');

describe.each(backends)('models as Keras trains them, on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, golden) => {
    const tensorsBefore = memory().numTensors;
    const { model, parameters, firstValues } = modelOf(golden);
    const x = inputOf(golden);
    const targets = tensorOf(golden.targets);
    const loss = resolveLoss(golden.loss);
    const run = () => model.apply(x, { training: true, rng: new Rng(0) });

    const trainable = new Map([...parameters].filter(([path]) => golden.gradients[path] !== undefined));
    const gradients = () => {
      const lossOf = () => mean(loss.values(targets, run())) as Scalar;
      const { value, grads } = variableGrads(
        lossOf,
        [...trainable.values()].map((p) => p.value),
      );
      return { value, byPath: new Map([...trainable].map(([path, p]) => [path, grads[p.value.name]!])) };
    };

    const adam = new Adam({ learningRate: golden.learningRate });
    for (const [step, expected] of golden.losses.entries()) {
      tidy(() => {
        if (step === 0) {
          const states = model.layers.flatMap((layer) =>
            [...layer.parameters().values()].filter((p) => p.kind === 'state'),
          );
          const held = states.map((p) => p.value.dataSync().slice() as Float32Array);
          expectClose(run(), golden.output, 1e-5, 'output');
          // Looking at the output was not a step.
          for (const [i, state] of states.entries()) state.assign(held[i]!);
        }
        const { value, byPath } = gradients();
        expectValuesClose(value.dataSync(), [expected], 1e-5, `loss of step ${step}`);
        if (step === 0) {
          for (const [path, packed] of Object.entries(golden.gradients)) {
            const found = byPath.get(path)!;
            expectValuesClose(
              found.dataSync(),
              fill(packed, new Float32Array(found.size)),
              1e-4,
              `gradient of ${path}`,
            );
          }
        }
        adam.applyGradients(byPath, trainable);
      });
    }
    for (const [path, packed] of Object.entries(golden.weightsAfter)) {
      const found = parameters.get(path)!.value.dataSync();
      expectValuesClose(found, fill(packed, firstValues.get(path)), 1e-4, `${path} after the last step`);
    }

    for (const held of [x, targets, model, adam]) held.dispose();
    expect(memory().numTensors).toBe(tensorsBefore);
  });
});

function modelOf({ layers, inputShape, seeds }: ModelCase) {
  const model = new Sequential(
    layers.map((layer) => layerFromConfig(layer, layerClasses)),
    { inputShape: inputShape.slice(1) },
  );
  model.initialize(new Rng(0));
  const parameters = new Map<string, Parameter>(
    model.layers.flatMap((layer, i) => [...layer.parameters()].map(([path, p]) => [`${i}/${path}`, p] as const)),
  );
  const firstValues = new Map<string, Float32Array>();
  for (const [path, seed] of Object.entries(seeds)) {
    const parameter = parameters.get(path)!;
    firstValues.set(path, weyl(parameter.size, seed, 0.25));
    parameter.assign(firstValues.get(path)!);
  }
  return { model, parameters, firstValues };
}

function inputOf({ inputShape, ids }: ModelCase): Tensor {
  const numbers = weyl(
    inputShape.reduce((product, size) => product * size, 1),
    1,
  );
  if (ids === undefined) return tensor(numbers, inputShape);
  return tensor(
    Int32Array.from(numbers, (value) => Math.floor(((value + 1) / 2) * ids)),
    inputShape,
    'int32',
  );
}

/** The expected values whole: the golden rows in their places among `rest`. */
function fill(packed: PackedRows, rest: Float32Array | undefined): ArrayLike<number> {
  const values = valuesOf(packed);
  if (packed.rows === undefined || rest === undefined) return values;
  const whole = rest.slice();
  const width = values.length / packed.rows.length;
  for (const [i, row] of packed.rows.entries()) whole.set(values.subarray(i * width, (i + 1) * width), row * width);
  return whole;
}
