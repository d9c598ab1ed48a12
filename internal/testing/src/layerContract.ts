import {
  activateBackend,
  type CallContext,
  isEspalierError,
  type Layer,
  type LayerClasses,
  layerFromConfig,
  type Parameter,
  Rng,
} from '@espalier/core';
import {
  cast,
  mean,
  memory,
  mul,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tensor2d,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { backends } from './backends.js';
import { compareWithFiniteDifferences } from './finiteDifferences.js';

/** What {@link layerContract} must know of a layer. */
export interface LayerContract {
  /** A new layer with these options; every call makes the same. Smooth activations, or the differences meet a kink. */
  readonly make: () => Layer;
  /** The shape of the input, the batch first; a list of shapes for layers that join inputs. */
  readonly inputShape: readonly number[] | readonly (readonly number[])[];
  /** The table in which the layer's class is found again, such as `layerClasses`. */
  readonly classes: LayerClasses;
  /** Inputs are whole numbers from 0 to this, exclusive, and have no gradient. Default: real numbers in ±2. */
  readonly ids?: number;
  /** Which time steps count, as 1 and 0 by example: the mask that comes with the input. */
  readonly mask?: readonly (readonly number[])[];
  /** A shape that the layer must refuse by a ShapeError with its name. Absent: it takes any. */
  readonly refuses?: readonly number[];
  /** The step of the finite differences; 1e-2 unless the function bends more than most. */
  readonly step?: number;
}

/** How far gradients may lie from central differences with a step of 1e-2 in float32, relative to the largest. */
const GRADIENT_TOLERANCE = 2e-3;

/**
 * What every layer promises, on every backend: the shapes it announces, the dtype it announces for every kind of number, a config and weights that make it again, the
 * same numbers from the same seed, no tensor left behind, right gradients of inputs and parameters, a step of training
 * that lowers a loss, and an error that names it where the input has the wrong shape.
 */
export function layerContract(name: string, contract: LayerContract): void {
  const { classes, ids, mask, refuses } = contract;
  const shapes = (
    typeof contract.inputShape[0] === 'number' ? [contract.inputShape] : contract.inputShape
  ) as readonly number[][];
  const given = shapes.length === 1 ? shapes[0]! : [...shapes];
  const context = (training: boolean): CallContext => ({
    training,
    rng: new Rng(7),
    mask: mask && tensor2d(mask as number[][], undefined, 'bool'),
  });

  const inputs = (): Tensor[] => shapes.map((shape, i) => example(shape, i, ids));
  const feed = (tensors: Tensor[]) => (tensors.length === 1 ? tensors[0]! : tensors);
  const made = (): Layer => {
    const layer = contract.make();
    layer.buildFor(given);
    layer.initialize(new Rng(3));
    return layer;
  };
  const hasWeights = (() => {
    const layer = contract.make();
    layer.buildFor(given);
    return layer.trainableParameters().size > 0;
  })();

  describe.each(backends)(`${name} on %s`, (_, backend) => {
    beforeAll(async () => void (await activateBackend(backend())));

    it.each([true, false])('has the shape and dtype it announces (training: %s)', (training) => {
      const layer = made();
      tidy(() => {
        const fed = inputs();
        const y = layer.apply(feed(fed), context(training));
        expect(y.shape).toEqual(layer.computeOutputShape(given));
        const open = shapes.map((shape) => [null, ...shape.slice(1)]);
        expect(layer.computeOutputShape(open.length === 1 ? open[0]! : open)).toEqual([null, ...y.shape.slice(1)]);
      });
      layer.dispose();
    });

    it.each(['float32', 'int32', 'bool'] as const)('takes %s, and announces the dtype of its output', (dtype) => {
      const layer = made();
      for (const training of [false, true]) {
        tidy(() => {
          const fed = inputs().map((x) => cast(x, dtype));
          const y = layer.apply(feed(fed), context(training));
          const dtypes = fed.map((x) => x.dtype);
          expect(y.dtype).toBe(layer.computeOutputDtype(dtype, dtypes));
          expect(y.dataSync().every(Number.isFinite)).toBe(true);
        });
      }
      layer.dispose();
    });

    it('comes back from its config as JSON and its weights', () => {
      const layer = made();
      const again = layerFromConfig(JSON.parse(JSON.stringify(layer.serialize())), classes);
      again.buildFor(given);
      expect(again.serialize()).toEqual(layer.serialize());
      expect([...again.parameters().keys()]).toEqual([...layer.parameters().keys()]);
      for (const [path, parameter] of again.parameters()) {
        parameter.assign(layer.parameters().get(path)!.value.dataSync() as Float32Array);
      }
      tidy(() => {
        const x = feed(inputs());
        expect(values(again.apply(x, context(false)))).toEqual(values(layer.apply(x, context(false))));
      });
      layer.dispose();
      again.dispose();
    });

    it('gives the same numbers from the same seed', () => {
      const [one, two] = [made(), made()];
      const run = (layer: Layer) => tidy(() => values(layer.apply(feed(inputs()), context(true))));
      for (const [path, parameter] of one.parameters()) {
        expect(values(parameter.value), path).toEqual(values(two.parameters().get(path)!.value));
      }
      expect(run(one)).toEqual(run(two));
      one.dispose();
      two.dispose();
    });

    it('leaves no tensor behind', () => {
      const before = memory().numTensors;
      const layer = made();
      const fed = inputs();
      const step = (training: boolean) => tidy(() => void lossOf(layer, feed(fed), context(training)));
      step(true);
      const held = memory().numTensors;
      step(true);
      step(false);
      if (hasWeights) tidy(() => void gradients(layer, feed(fed), context(true)));
      expect(memory().numTensors).toBe(held);
      for (const x of fed) x.dispose();
      layer.dispose();
      expect(memory().numTensors).toBe(before);
    });

    it.skipIf(ids !== undefined)('has the gradient of finite differences for its inputs', () => {
      const layer = made();
      const fed = inputs();
      const f = (...x: Tensor[]) => layer.apply(feed(x), context(true));
      for (const { input, error } of compareWithFiniteDifferences(f, fed, options(contract))) {
        expect(error, `input ${input}`).toBeLessThan(GRADIENT_TOLERANCE);
      }
      for (const x of fed) x.dispose();
      layer.dispose();
    });

    it.skipIf(!hasWeights)('has the gradient of finite differences for its weights', () => {
      const layer = made();
      const fed = inputs();
      for (const [path, parameter] of layer.trainableParameters()) {
        const f = (w: Tensor) => withValue(parameter, w, () => layer.apply(feed(fed), context(true)));
        const [result] = compareWithFiniteDifferences(f, [parameter.value], options(contract));
        expect(result!.error, path).toBeLessThan(GRADIENT_TOLERANCE);
      }
      for (const x of fed) x.dispose();
      layer.dispose();
    });

    it.skipIf(!hasWeights)('lowers a loss by a step against its gradient', () => {
      const layer = made();
      const fed = inputs();
      const loss = () => tidy(() => lossOf(layer, feed(fed), context(true)).dataSync()[0]!);
      const before = loss();
      tidy(() => {
        const found = gradients(layer, feed(fed), context(true));
        for (const [path, parameter] of layer.trainableParameters()) {
          const gradient = found.get(path)!;
          expect(
            values(gradient).some((value) => value !== 0),
            `${path} has a gradient`,
          ).toBe(true);
          parameter.assign(sub(parameter.value as Tensor, mul(gradient, 0.02)));
        }
      });
      expect(loss()).toBeLessThan(before);
      for (const x of fed) x.dispose();
      layer.dispose();
    });

    it.skipIf(refuses === undefined)('refuses an input of the wrong shape by name', () => {
      const layer = contract.make();
      layer.path = 'stem/here';
      const run = () => tidy(() => void layer.apply(example(refuses!, 0, ids), context(false)));
      expect(run).toThrowError(/stem\/here/);
      expect(run).toThrowError(expect.toSatisfy((error: unknown) => isEspalierError(error, 'ShapeError')));
      layer.dispose();
    });
  });
}

const options = ({ step }: LayerContract) => (step === undefined ? {} : { step });
const values = (x: Tensor): number[] => Array.from(x.dataSync());

/** Numbers in ±2 without ties and without zeros, so that neither a maximum nor a rectifier stands at a kink. */
function example(shape: readonly number[], nth: number, ids: number | undefined): Tensor {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const fraction = (i: number) => ((i + 1 + 0.37 * nth) * 0.6180339887498949) % 1;
  const numbers = Array.from({ length: size }, (_, i) =>
    ids === undefined ? 4 * fraction(i) - 2 : Math.floor(ids * fraction(i)),
  );
  return tensor(numbers, [...shape], ids === undefined ? 'float32' : 'int32');
}

/** The mean square of the distance to a target that no layer hits by chance. */
function lossOf(layer: Layer, x: Tensor | Tensor[], ctx: CallContext): Tensor {
  return tidy(() => {
    const y = layer.apply(x, ctx);
    const target = Float32Array.from({ length: y.size }, (_, i) => Math.sin(i + 0.5));
    return mean(square(sub(y, tensor(target, y.shape))));
  });
}

function gradients(layer: Layer, x: Tensor | Tensor[], ctx: CallContext): Map<string, Tensor> {
  const parameters = layer.trainableParameters();
  const variables = [...parameters.values()].map((parameter) => parameter.value);
  const { value, grads } = variableGrads(() => lossOf(layer, x, ctx) as Scalar, variables);
  value.dispose();
  return new Map([...parameters].map(([path, parameter]) => [path, grads[parameter.value.name]!]));
}

/** Runs with a tensor in the place of a parameter's variable, so that the tape sees it as an input. */
function withValue<T>(parameter: Parameter, value: Tensor, run: () => T): T {
  Object.defineProperty(parameter, 'value', { configurable: true, get: () => value as Variable });
  try {
    return run();
  } finally {
    delete (parameter as { value?: unknown }).value;
  }
}
