import { gru, lstm, registerGradients, type SequenceOptions, type SequenceResult, simpleRnn } from '@espalier/core';
import { compareWithFiniteDifferences } from '@espalier/testing';
import { concat, engine, gather, grads, mul, reshape, sum, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SimdKernels } from '../src/engine/SimdKernels.js';
import type { WasmEngine } from '../src/engine/WasmEngine.js';
import { expectClose, expectSame, numbers, on, useWasm } from './both.js';

beforeAll(async () => {
  await useWasm();
  registerGradients();
});

interface Network {
  readonly run: (options: SequenceOptions) => SequenceResult;
  readonly gates: number;
  readonly states: number;
  readonly bias: (units: number) => number[];
  readonly smooth?: false;
}

const networks: Record<string, Network> = {
  lstm: { run: lstm, gates: 4, states: 2, bias: (units) => [4 * units] },
  gru: { run: gru, gates: 3, states: 1, bias: (units) => [2, 3 * units] },
  'gru, reset before': {
    run: (options) => gru({ ...options, resetAfter: false }),
    gates: 3,
    states: 1,
    bias: (units) => [3 * units],
  },
  simpleRnn: { run: simpleRnn, gates: 1, states: 1, bias: (units) => [units] },
  'simpleRnn, relu': {
    run: (options) => simpleRnn({ ...options, activation: 'relu' }),
    gates: 1,
    states: 1,
    bias: (units) => [units],
    smooth: false,
  },
};

interface Case {
  readonly batch: number;
  readonly time: number;
  readonly units: number;
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly masked?: boolean;
  readonly plain?: boolean;
  /** Default 3. */
  readonly features?: number;
  /** How many different rows x has; default: no two are the same. */
  readonly words?: number;
}

const FEATURES = 3;

function made(shape: number[], seed: number, scale = 1): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(numbers(size, seed, -scale, scale), shape);
}

/** `[batch, time, features]`, every row one of so many words. */
function sentences({ batch, time, features = FEATURES, words }: Case): Tensor {
  if (words === undefined) return made([batch, time, features], 1, 2);
  const rows = tensor(numbers(words * features, 1, -2, 2), [words, features]);
  return gather(
    rows,
    tensor(
      Int32Array.from({ length: batch * time }, (_, i) => (i * i + 3 * i) % words),
      [batch, time],
    ),
  );
}

/** x, the kernels and, unless the case is plain, a bias and initial states. */
function inputsOf({ gates, states, bias }: Network, one: Case): Tensor[] {
  const { batch, units, plain, features = FEATURES } = one;
  const scale = 1 / Math.sqrt(units);
  return [
    sentences(one),
    made([features, gates * units], 2),
    made([units, gates * units], 3, scale),
    ...(plain ? [] : [made(bias(units), 4), ...Array.from({ length: states }, (_, i) => made([batch, units], 5 + i))]),
  ];
}

/** Outputs and states as one tensor. */
function run({ run: compute }: Network, one: Case, [x, kernel, recurrentKernel, bias, ...initial]: Tensor[]): Tensor {
  const { batch, time, goBackwards = false, returnSequences = false, returnState = false } = one;
  // The first example has no step that counts, the second begins with one that does not.
  const counts = Int32Array.from({ length: batch * time }, (_, i) => (i >= time && (i * 7) % 5 > 1 ? 1 : 0));
  const { output, state } = compute({
    x: x!,
    kernel: kernel!,
    recurrentKernel: recurrentKernel!,
    bias,
    initialState: initial.length > 0 ? initial : undefined,
    mask: one.masked ? tensor(counts, [batch, time], 'bool') : undefined,
    goBackwards,
    returnSequences,
    returnState,
  });
  return concat([output, ...state].map((y) => reshape(y, [-1])));
}

/** The outputs, then the gradients of a sum of them with weights of both signs. */
function withGradients(network: Network, one: Case): Tensor {
  const inputs = inputsOf(network, one);
  const value = run(network, one, inputs);
  const weights = made([value.size], 9);
  const gradients = grads((...xs: Tensor[]) => sum(mul(run(network, one, xs), weights)))(inputs);
  return concat([value, ...gradients.map((gradient) => reshape(gradient, [-1]))]);
}

const cases: Case[] = [
  { batch: 3, time: 7, units: 5 },
  { batch: 1, time: 1, units: 1, returnState: true },
  { batch: 33, time: 7, units: 3, returnSequences: true, masked: true },
  { batch: 4, time: 7, units: 64, goBackwards: true, returnState: true, plain: true },
  { batch: 5, time: 4, units: 9, goBackwards: true, returnSequences: true, returnState: true, masked: true },
  { batch: 2, time: 3, units: 8, masked: true, returnState: true },
  { batch: 7, time: 13, units: 5, features: 19 },
  { batch: 9, time: 11, units: 5, features: 18, words: 20, goBackwards: true, masked: true },
  { batch: 33, time: 5, units: 9, features: 16, words: 1, returnSequences: true },
  { batch: 1, time: 70, units: 4, features: 17, words: 30 },
  { batch: 0, time: 3, units: 2 },
];

describe.each(Object.entries(networks))('%s', (_, network) => {
  test.each(cases)('is, with its gradients, what the operations give one by one: %o', async (one) => {
    await expectSame(() => withGradients(network, one), 2e-5);
  });

  test('is the same to the last bit however the batch is divided', () => {
    const backend = engine().backend as WasmEngine;
    const one: Case = { batch: 33, time: 5, units: 7, returnSequences: true, returnState: true, masked: true };
    const whole = tidy(() => withGradients(network, one).dataSync().slice());
    const { split } = backend;
    try {
      for (const step of [1, 2, 7]) {
        backend.split = function (this: WasmEngine, kernel, args, count, grain, bytes = 0) {
          if (!/lstm|gru|simpleRnn/i.test(kernel)) return split.call(this, kernel, args, count, grain, bytes);
          const scratch = this.allocate(bytes, 'a test');
          const call = this.simd[kernel as keyof SimdKernels] as (...args: number[]) => void;
          for (let at = 0; at < count; at += step) call(...args, at, Math.min(count, at + step), scratch);
        };
        expect(tidy(() => withGradients(network, one).dataSync().slice())).toEqual(whole);
      }
    } finally {
      backend.split = split;
    }
  });

  // Of relu, whose kinks a step may cross, the comparison with the operations tells more.
  const differences = () => {
    const one: Case = { batch: 2, time: 4, units: 3, returnSequences: true, returnState: true, masked: true };
    for (const { error } of compareWithFiniteDifferences((...xs) => run(network, one, xs), inputsOf(network, one))) {
      expect(error).toBeLessThan(2e-3);
    }
  };
  if (network.smooth !== false) test('has the gradient of finite differences', differences);

  test.each(['wasm', 'cpu'] as const)('refuses tensors of other shapes on %s', async (backend) => {
    const { run: compute, gates, states, bias } = network;
    const units = 4;
    const good: SequenceOptions = {
      x: made([2, 5, 3], 1),
      kernel: made([3, gates * units], 2),
      recurrentKernel: made([units, gates * units], 3),
    };
    const state = made([2, units], 4);
    const wrong: [string, Partial<SequenceOptions>][] = [
      ...[[units], [...bias(units), 1], [gates * units - 1], [3, gates * units]]
        .filter((shape) => shape.join() !== bias(units).join())
        .map((shape) => ['bias', { bias: made(shape, 4) }] as [string, Partial<SequenceOptions>]),
      ['kernel', { kernel: made([3, gates * units - 1], 2) }],
      ['recurrentKernel', { recurrentKernel: made([units, gates * units + 1], 2) }],
      ['mask', { mask: tensor([1, 1, 1, 1, 1], [1, 5], 'bool') }],
      ['dtype bool', { mask: tensor(Array(10).fill(1), [2, 5], 'int32') }],
      ['needs steps', { x: tensor([], [2, 0, 3]) }],
      ['needs steps', { x: made([5, 3], 1) }],
      ['initialState', { initialState: Array(states + 1).fill(state) }],
      ['initialState\\[0\\]', { initialState: Array(states).fill(made([1, units], 4)) }],
    ];
    await on(backend, () => {
      for (const [message, options] of wrong) {
        expect(() => compute({ ...good, ...options }), message).toThrow(
          new RegExp(`(gru|lstm|simpleRnn): .*${message}`),
        );
      }
      return state.clone();
    });
  });

  test('keeps what is not a number to its row', () => {
    const one: Case = { batch: 5, time: 3, units: 6, plain: true };
    const [x, ...kernels] = inputsOf(network, one);
    const values = x!.dataSync().slice();
    values[2 * 3 * FEATURES] = Number.NaN;
    const good = run(network, one, [x!, ...kernels]).dataSync();
    const bad = run(network, one, [tensor(values, x!.shape), ...kernels]).dataSync();
    expect([...bad.slice(12, 18)].every(Number.isNaN)).toBe(true);
    expectClose([...bad.slice(0, 12), ...bad.slice(18)], [...good.slice(0, 12), ...good.slice(18)], 0);
  });
});

test('finds the different rows of a sequence, and keeps each once', () => {
  const backend = engine().backend as WasmEngine;
  const shape = fc.record({
    batch: fc.nat(9),
    time: fc.integer({ min: 1, max: 9 }),
    features: fc.integer({ min: 1, max: 9 }),
  });
  // Bits that differ in one place, at the top or at the bottom, are the hardest to tell apart.
  const values = fc.constantFrom(0, -0, 1, 2, -1, Number.NaN, 2 ** -149, 1 + 2 ** -23);
  const sequences = shape.chain((sizes) => {
    const length = sizes.batch * sizes.time * sizes.features;
    return fc.record({ sizes: fc.constant(sizes), x: fc.array(values, { minLength: length, maxLength: length }) });
  });
  const property = fc.property(sequences, fc.nat(80), ({ sizes: { batch, time, features }, x }, most) => {
    const bytes = new Uint8Array(Float32Array.from(x).buffer);
    const text = (place: number) => bytes.subarray(4 * features * place, 4 * features * (place + 1)).join();
    const known = new Map<string, number>();
    for (let place = 0; place < batch * time; place++) if (!known.has(text(place))) known.set(text(place), known.size);
    const sizes = [x.length * 4, most * features * 4, batch * time * 4, 8 << 8];
    const at = sizes.map((size) => backend.allocate(Math.max(4, size), 'a test'));
    const [from, rows, index, slots] = at as [number, number, number, number];
    backend.heap.set(bytes, from);
    const found = backend.simd.distinctRows(from, batch, time, features, rows, index, most, slots, 8);
    expect(found).toBe(known.size > most ? -1 : known.size);
    if (found >= 0) {
      const kept = backend.heap.slice(rows, rows + found * features * 4);
      expect(kept.join()).toBe([...known.keys()].join());
      const named = new Int32Array(backend.heap.slice(index, index + batch * time * 4).buffer);
      const wanted = [...named].map((_, i) => known.get(text((i % batch) * time + Math.floor(i / batch))));
      expect([...named]).toEqual(wanted);
    }
    for (const block of at) backend.blocks.give(block);
  });
  fc.assert(property, { numRuns: 300 });
});
