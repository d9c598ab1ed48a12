import { type Optimizer, Parameter } from '@espalier/core';
import { type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';

const zeros = {
  className: 'Zeros',
  getConfig: () => ({}),
  values: (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b, 1)),
};

/** Parameters with given values, by path. */
export function parametersOf(
  values: Record<string, readonly number[]>,
  shapes: Record<string, number[]> = {},
): Map<string, Parameter> {
  return new Map(
    Object.entries(values).map(([path, start]) => {
      const parameter = new Parameter({ shape: shapes[path] ?? [start.length], initializer: zeros });
      parameter.path = path;
      parameter.assign(Float32Array.from(start));
      return [path, parameter];
    }),
  );
}

/** One step by gradients that are freed afterwards. */
export function step(
  optimizer: Optimizer,
  parameters: Map<string, Parameter>,
  gradients: Record<string, readonly number[]>,
): void {
  tidy(() => {
    const tensors = Object.entries(gradients).map(([path, values]): [string, Tensor] => [
      path,
      tensor([...values], [...parameters.get(path)!.shape]),
    ]);
    optimizer.applyGradients(new Map(tensors), parameters);
  });
}

/** All values, one after the other. */
export function valuesOf(parameters: Map<string, Parameter>): number[] {
  return [...parameters.values()].flatMap((parameter) => [...parameter.value.dataSync()]);
}

/** The first message that `act` throws. */
export function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
  throw new Error('nothing was thrown');
}
