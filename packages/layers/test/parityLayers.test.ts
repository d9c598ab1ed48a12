import { activateBackend, layerFromConfig, Rng, type SerializedObject } from '@espalier/core';
import { backends } from '@espalier/testing';
import { cast, mul, type Scalar, sum, type Tensor, tidy, valueAndGrads, variableGrads } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { layerClasses } from '../src/index.js';
import { expectClose, type Packed, readGolden, tensorOf, valuesOf } from './support/golden.js';

/** What parity/layers.py writes. */
interface LayerCase {
  readonly name: string;
  readonly layer: SerializedObject;
  readonly training: boolean;
  readonly inputs: Packed[];
  readonly mask?: Packed;
  readonly weights: Record<string, Packed>;
  readonly output: Packed;
  readonly outputGradient: Packed;
  readonly inputGradients?: Packed[];
  readonly weightGradients: Record<string, Packed>;
  readonly stateAfter: Record<string, Packed>;
}

const cases = readGolden<LayerCase>('layers');

it('has a golden case for every layer', () => {
  const covered = new Set(cases.map(({ layer }) => layer.className));
  // An input hands on what it gets.
  expect(Object.keys(layerClasses).filter((name) => !covered.has(name))).toEqual(['InputLayer']);
});

describe.each(backends)('as Keras computes them, on %s', (_, backend) => {
  beforeAll(async () => void (await activateBackend(backend())));

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, golden) => {
    tidy(() => {
      const layer = layerFromConfig(golden.layer, layerClasses);
      const shapes = golden.inputs.map(({ shape }) => shape);
      layer.buildFor(shapes.length === 1 ? shapes[0]! : shapes);
      const parameters = layer.parameters();
      expect([...parameters.keys()].sort()).toEqual(Object.keys(golden.weights).sort());
      const restore = () => {
        for (const [path, packed] of Object.entries(golden.weights)) parameters.get(path)!.assign(valuesOf(packed));
      };
      restore();

      const ctx = {
        training: golden.training,
        rng: new Rng(0),
        mask: golden.mask === undefined ? undefined : cast(tensorOf(golden.mask), 'bool'),
      };
      const inputs = golden.inputs.map(tensorOf);
      const run = (...xs: Tensor[]) => layer.apply(xs.length === 1 ? xs[0]! : xs, ctx);
      const loss = (...xs: Tensor[]) => sum(mul(run(...xs), tensorOf(golden.outputGradient))) as Scalar;

      expectClose(run(...inputs), golden.output, 1e-5, 'output');
      for (const [path, state] of Object.entries(golden.stateAfter)) {
        expectClose(parameters.get(path)!.value, state, 1e-5, `${path} after the step`);
      }
      restore();

      if (golden.inputGradients !== undefined) {
        const { grads } = valueAndGrads(loss)(inputs);
        for (const [i, gradient] of golden.inputGradients.entries()) {
          expectClose(grads[i]!, gradient, 1e-4, `gradient of input ${i}`);
        }
      }
      const trained = layer.trainableParameters();
      expect([...trained.keys()].sort()).toEqual(Object.keys(golden.weightGradients).sort());
      if (trained.size > 0) {
        const variables = [...trained.values()].map(({ value }) => value);
        const { grads } = variableGrads(() => loss(...inputs), variables);
        for (const [path, gradient] of Object.entries(golden.weightGradients)) {
          expectClose(grads[trained.get(path)!.value.name]!, gradient, 1e-4, `gradient of ${path}`);
        }
      }
      layer.dispose();
    });
  });
});
