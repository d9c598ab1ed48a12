import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend } from '@espalier/core';
import { clipByGlobalNorm, clipByNorm, clipByValue, SGD } from '@espalier/optimizers';
import { beforeAll, describe, expect, test } from 'vitest';
import { parametersOf, step } from './parameters.js';

const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
type Pair = readonly [first: number[], second: number[]];

// What comes of two gradients by the definition, g min(1, norm / n). Where something is not finite PyTorch's clip_grad_norm_
// leaves 0 beside NaN; here all are NaN.
const table: readonly (readonly [string, Pair, norm: Pair, global: Pair, value: Pair])[] = [
  [
    'ordinary',
    [
      [3, 4],
      [0.3, 0.4],
    ],
    [
      [0.6, 0.8],
      [0.3, 0.4],
    ],
    [
      [0.5970223, 0.7960298],
      [0.0597022, 0.079603],
    ],
    [
      [0.5, 0.5],
      [0.3, 0.4],
    ],
  ],
  [
    '1e30',
    [
      [3e30, 4e30],
      [0, 0],
    ],
    [
      [0.6, 0.8],
      [0, 0],
    ],
    [
      [0.6, 0.8],
      [0, 0],
    ],
    [
      [0.5, 0.5],
      [0, 0],
    ],
  ],
  [
    '1e20',
    [
      [-3e20, 4e20],
      [1, 0],
    ],
    [
      [-0.6, 0.8],
      [1, 0],
    ],
    [
      [-0.6, 0.8],
      [2e-21, 0],
    ],
    [
      [-0.5, 0.5],
      [0.5, 0],
    ],
  ],
  [
    '1e-30',
    [
      [3e-30, 4e-30],
      [0, 0],
    ],
    [
      [3e-30, 4e-30],
      [0, 0],
    ],
    [
      [3e-30, 4e-30],
      [0, 0],
    ],
    [
      [3e-30, 4e-30],
      [0, 0],
    ],
  ],
  [
    'zeros',
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ],
  [
    'infinity',
    [
      [inf, 1],
      [0.3, 0.4],
    ],
    [
      [nan, nan],
      [0.3, 0.4],
    ],
    [
      [nan, nan],
      [nan, nan],
    ],
    [
      [0.5, 0.5],
      [0.3, 0.4],
    ],
  ],
  [
    'NaN',
    [
      [nan, 1],
      [0.3, 0.4],
    ],
    [
      [nan, nan],
      [0.3, 0.4],
    ],
    [
      [nan, nan],
      [nan, nan],
    ],
    [
      [nan, 0.5],
      [0.3, 0.4],
    ],
  ],
];

describe.each([cpu(), wasm({ threads: 1 }), wasm({ threads: 2 })])('clipping on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  test.each(table)('%s', (_, given, norm, global, value) => {
    const made = [
      [clipByNorm(new SGD({ learningRate: 1 }), { norm: 1 }), norm],
      [clipByGlobalNorm(new SGD({ learningRate: 1 }), { norm: 1 }), global],
      [clipByValue(new SGD({ learningRate: 1 }), { value: 0.5 }), value],
    ] as const;
    for (const [optimizer, expected] of made) {
      const parameters = parametersOf({ a: [0, 0], b: [0, 0] }, { a: [2], b: [2] });
      step(optimizer, parameters, { a: given[0], b: given[1] });
      const got = ['a', 'b'].flatMap((path) => Array.from(parameters.get(path)!.value.dataSync(), (x) => 0 - x));
      for (const [i, wanted] of expected.flat().entries()) {
        const close = Math.abs(got[i]! - wanted) <= 1e-6 * Math.abs(wanted);
        expect(Object.is(got[i], wanted) || close || got[i] === wanted, `${i}: ${got[i]}, not ${wanted}`).toBe(true);
      }
      optimizer.dispose();
    }
  });
});
