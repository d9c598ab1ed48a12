import { activateBackend, isEspalierError, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { SGD } from '@espalier/optimizers';
import { memory, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { wasm } from '../src/index.js';

beforeAll(async () => void (await activateBackend(wasm({ threads: 1 }))));

describe('parameters that no heap holds', () => {
  it.each([
    [40_000, 40_000],
    [60_000, 60_000],
  ])('%i x %i are refused by name, before values are made for them', async (inputs, units) => {
    const before = memory().numTensors;
    const model = new Sequential([new Dense({ units, inputShape: [inputs] })]);
    const start = performance.now();
    const refused = await Promise.resolve()
      .then(() => model.initialize())
      .catch((error: unknown) => error);
    expect(performance.now() - start).toBeLessThan(2000);
    expect(isEspalierError(refused, 'BackendError')).toBe(true);
    expect(String(refused)).toContain('dense/kernel');
    expect(String(refused)).toContain('use fewer units');
    model.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('and values of that size, by a typed error too', () => {
    // The shape alone is large: nothing of it is read before there is room.
    const values = Object.defineProperty(new Float32Array(1), 'length', { value: 40_000 * 40_000 });
    let refused: unknown;
    try {
      tensor(values, [40_000, 40_000], 'float32');
    } catch (error) {
      refused = error;
    }
    expect(isEspalierError(refused, 'BackendError')).toBe(true);
  });

  it('leave an engine that trains', async () => {
    const model = new Sequential([new Dense({ units: 1, inputShape: [1] })], { seed: 1 });
    model.compile({ optimizer: new SGD(), loss: 'mse' });
    expect((await model.fit([[1]], [[1]])).history.loss).toHaveLength(1);
    model.dispose();
  });
});
