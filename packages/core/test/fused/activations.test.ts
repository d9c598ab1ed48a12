import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, gelu, silu } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import { grad, type Tensor, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const activations: [string, (x: Tensor) => Tensor][] = [
  ['gelu', (x) => gelu(x)],
  ['gelu, by tanh', (x) => gelu(x, { approximate: true })],
  ['silu', (x) => silu(x)],
];
const points = () =>
  tensor(
    Float32Array.from({ length: 35 }, (_, i) => (i - 17) / 4 + 0.01),
    [5, 7],
  );

describe.each([cpu(), wasm()])('on $name', (backend) => {
  beforeAll(async () => {
    await activateBackend(backend);
  });

  it.each(activations)('%s has the gradient that finite differences give', (_, f) => {
    expect(compareWithFiniteDifferences(f, [points()])[0]!.error).toBeLessThan(1e-4);
  });

  it.each(activations)('%s has the second derivative that finite differences give', (_, f) => {
    expect(compareWithFiniteDifferences((x) => grad(f)(x), [points()])[0]!.error).toBeLessThan(1e-4);
  });
});
