import * as backendCpu from '@espalier/backend-cpu';
import * as core from '@espalier/core';
import * as datasets from '@espalier/datasets';
import * as layers from '@espalier/layers';
import * as modelsZoo from '@espalier/models-zoo';
import * as optimizers from '@espalier/optimizers';
import { beforeAll, describe, expect, it } from 'vitest';

/** What somebody may pass by mistake; each is refused by a typed error unless a table below says otherwise. */
const GIVEN: Readonly<Record<string, readonly unknown[]>> = {
  nothing: [],
  null: [null],
  text: ['x'],
  number: [3],
  NaN: [Number.NaN],
  object: [{}],
  list: [[]],
  function: [function given() {}],
};
const ALL = Object.keys(GIVEN);
const DEFAULTS = ['nothing', 'object'];

const TENSORS = 'an operation on tensors that a step calls: its callers are layers, which have checked their input';
const RULE = 'the rule of one step as a pure function of tensors: the optimizer has checked them';
const BACKENDS = 'for those who write kernels: their shapes were looked at before';
const ERRORS = 'made by code that throws, whose types say what it takes';
const WORDS = 'for the messages of errors: it is handed names by code';
const BASE = 'an abstract class: a subclass calls it with its table';
const SHAPES = 'for those who write layers, on shapes that a layer has checked';

/** Exports that are no entrance for users, and why they may fail otherwise or take anything. */
const EXEMPT: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['attentionWeights', 'batchNormalization', 'convolution2d', 'dense', 'depthwiseConvolution2d', 'dropout'].map(
      (name) => [name, TENSORS],
    ),
  ),
  ...Object.fromEntries(
    ['gelu', 'groupNormalization', 'gru', 'layerNormalization', 'logSoftmax', 'lstm', 'rmsNormalization'].map(
      (name) => [name, TENSORS],
    ),
  ),
  ...Object.fromEntries(
    [
      'scaledDotProductAttention',
      'silu',
      'simpleRnn',
      'firstNotInteger',
      'fused',
      'euclideanNorm',
      'frozenBatchNormalization',
      'logSumExp',
      'moments',
    ].map((name) => [name, TENSORS]),
  ),
  ...Object.fromEntries(['adamUpdate', 'rmspropUpdate', 'momentumUpdate'].map((name) => [name, RULE])),
  ...Object.fromEntries(
    ['EspalierError', 'BackendError', 'CheckpointError', 'DataError', 'ShapeError', 'StateError'].map((name) => [
      name,
      ERRORS,
    ]),
  ),
  ...Object.fromEntries(['requireDivisors', 'requireSome', 'toInt32', 'topK'].map((name) => [name, BACKENDS])),
  TrainingError: ERRORS,
  ValueError: ERRORS,
  nearestNames: WORDS,
  suggestNames: WORDS,
  describeValue: WORDS,
  isEspalierError: 'it is asked about anything',
  isClass: 'it is asked about anything',
  joinPath: 'it joins what it is given',
  requireBackend: 'it names in errors what it is given',
  ...Object.fromEntries(
    Object.keys(core)
      .filter((name) => name.endsWith('Gradients'))
      .map((name) => [name, 'it takes nothing']),
  ),
  sentences: 'it takes nothing',
  checkOptions: 'for those who write classes: its table is theirs',
  optionTable: 'for those who write classes: its types say what it takes',
  columnLength: SHAPES,
  isShapeList: SHAPES,
  singleShape: SHAPES,
  shapeSize: SHAPES,
  showShape: SHAPES,
  SymbolicTensor: 'made by input() and by layers',
  Callback: BASE,
  Module: BASE,
  GradientTransform: BASE,
  KernelLayer: BASE,
  KernelRecurrent: BASE,
  Recurrent: BASE,
  ScaledNormalization: BASE,
  Pooling2D: BASE,
};

/** What each export takes of {@link GIVEN} beside no options and empty ones. */
const TAKES: Readonly<Record<string, readonly string[]>> = {
  LearningRateScheduler: ['function'],
  MeanMetric: ['text'],
  Rng: ['number'],
  SlotOptimizer: ['number'],
  columnOf: ['list'],
  downloadFolder: ['nothing', 'text'],
  installedFolder: ['text'],
  stripHtml: ['text'],
  textToWords: ['text'],
  toCategorical: ['list'],
  encodeSafetensors: ['list'],
  fileStorage: ['text'],
  memoryStorage: ['nothing'],
  resolveActivation: ['function'],
  resolveLoss: ['function'],
  resolveMetric: ['function'],
  resolveRegularizer: ['nothing', 'null'],
  serializeActivation: ['text'],
};

const exported = Object.entries({ core, datasets, layers, optimizers, modelsZoo, backendCpu }).flatMap(([owner, all]) =>
  Object.entries(all).flatMap(([name, value]) => (typeof value === 'function' ? [[owner, name, value] as const] : [])),
);

beforeAll(async () => void (await core.activateBackend(backendCpu.cpu())));

describe('every export that can be called', () => {
  it.each(exported.filter(([, name]) => !Object.hasOwn(EXEMPT, name)))(
    '%s.%s refuses what it cannot use, by a typed error',
    async (_, name, value) => {
      const call = value as never as (...given: readonly unknown[]) => unknown;
      const make = value as never as new (...given: readonly unknown[]) => unknown;
      const taken: string[] = [];
      const untyped: string[] = [];
      for (const [word, given] of Object.entries(GIVEN)) {
        try {
          if (core.isClass(value)) new make(...given);
          else await call(...given);
          taken.push(word);
        } catch (error) {
          if (!core.isEspalierError(error)) untyped.push(`${word}: ${String(error)}`);
          else if (/\[object/.test(error.message)) untyped.push(`${word}: ${error.message}`);
        }
      }
      expect(untyped).toEqual([]);
      const allowed = TAKES[name] ?? DEFAULTS;
      expect(taken.filter((word) => !allowed.includes(word))).toEqual([]);
    },
  );

  it('is either checked or exempt for a reason, and no exemption is left over', () => {
    const names = new Set(exported.map(([, name]) => name));
    expect(Object.keys({ ...EXEMPT, ...TAKES }).filter((name) => !names.has(name))).toEqual([]);
    expect(ALL.length).toBe(8);
  });
});
