import { readFileSync } from 'node:fs';
import { cpu } from '@espalier/backend-cpu';
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, type Config, type Optimizer } from '@espalier/core';
import { clipByGlobalNorm, clipByNorm, clipByValue, optimizerFromConfig } from '@espalier/optimizers';
import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parametersOf, step } from './parameters.js';

type Values = Record<string, number[]>;
interface Case {
  className: string;
  options: Record<string, number | boolean>;
  schedule: { className: string; config: Config } | null;
  exclude: string[];
  rates: number[];
  values: Values[];
}

const golden = JSON.parse(readFileSync(new URL('../../../parity/golden/optimizers.json', import.meta.url), 'utf8')) as {
  shapes: Record<string, number[]>;
  start: Values;
  gradients: Values[];
  cases: Case[];
};

/** Keras takes clipping as arguments of each optimizer, Espalier as transforms around any. */
function make({ className, options, schedule, exclude }: Case): Optimizer {
  const { globalClipnorm, clipnorm, clipvalue, ...own } = options;
  const config: Config = {
    ...(own as Config),
    ...(schedule && { learningRate: schedule }),
    ...(exclude.length > 0 && { excludeFromWeightDecay: exclude }),
  };
  const optimizer = optimizerFromConfig({ className, config });
  if (globalClipnorm !== undefined) return clipByGlobalNorm(optimizer, { norm: Number(globalClipnorm) });
  if (clipnorm !== undefined) return clipByNorm(optimizer, { norm: Number(clipnorm) });
  if (clipvalue !== undefined) return clipByValue(optimizer, { value: Number(clipvalue) });
  return optimizer;
}

describe.each([cpu(), wasm({ threads: 1 })])('ten steps as in Keras on $name', (backend) => {
  beforeAll(async () => void (await activateBackend(backend)));

  it.each(
    golden.cases.map((one, i) => {
      const { className, options, schedule } = one;
      return [`${i} ${className} ${JSON.stringify(options)} ${JSON.stringify(schedule?.config ?? '')}`, one] as const;
    }),
  )('%s', (_, one) => {
    const before = memory().numTensors;
    const optimizer = make(one);
    const parameters = parametersOf(golden.start, golden.shapes);
    for (const [i, gradients] of golden.gradients.entries()) {
      expect(Math.abs(optimizer.learningRate - one.rates[i]!)).toBeLessThan(1e-7);
      expect(optimizer.iterations).toBe(i);
      step(optimizer, parameters, gradients);
      for (const [path, expected] of Object.entries(one.values[i]!)) {
        const got = parameters.get(path)!.value.dataSync();
        for (const [j, value] of expected.entries()) {
          expect(Math.abs(got[j]! - value), `step ${i} ${path}[${j}]: ${got[j]} against ${value}`).toBeLessThanOrEqual(
            1e-6 * Math.max(1, Math.abs(value)),
          );
        }
      }
    }
    const slots = optimizer.state().slots.size;
    expect(memory().numTensors).toBe(before + slots + parameters.size);
    optimizer.dispose();
    for (const parameter of parameters.values()) parameter.dispose();
    expect(memory().numTensors).toBe(before);
  });
});
