import type { Tensor } from '@tensorflow/tfjs-core';
import type { Callback } from '../callbacks/Callback.js';
import type { Dataset } from '../data/Dataset.js';
import type { Examples, ExamplesList } from '../data/datasetFrom.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { optionTable } from '../options/OptionTable.js';
import type { ClassWeight } from './classWeight.js';
import type { FitProgress } from './FitProgress.js';
import type { LossSpec, MetricSpec } from './Objective.js';

/** What {@link Model.compile} takes. */
export interface CompileOptions {
  /** Changes the parameters; from `@espalier/optimizers`, or your own. */
  readonly optimizer: Optimizer;
  /** What is minimised; for several outputs a list, one for each. */
  readonly loss: LossSpec | readonly LossSpec[];
  /**
   * What is shown beside the loss: one, or a list; for several outputs a list of lists. The logs then put the name of the
   * output's layer before that of the metric: `label_accuracy`; in a model of your own `output0_accuracy`.
   */
  readonly metrics?: MetricSpec | readonly MetricSpec[] | readonly (readonly MetricSpec[])[];
  /** The factor of each output's loss in the sum. Default 1 for each. */
  readonly lossWeights?: readonly number[];
}

/** Data to validate on: a data set, or `[x, y]`, or `[x, y, sampleWeight]`. */
export type ValidationData = Dataset | readonly [ExamplesList, ExamplesList, Examples?];

/** How {@link Model.fit} trains. */
export interface FitOptions {
  /** Examples a step. Default 32. */
  readonly batchSize?: number;
  /** The epoch to stop at; with `initialEpoch` 3 and `epochs` 5, two are run. Default 1. */
  readonly epochs?: number;
  /**
   * The epoch to start at, from 0, for a model that was trained before. Default 0; {@link resume} brings its own.
   * An epoch's order and dropout are decided by the model's seed and the epoch's number alone: a second `fit` that
   * starts at 0 again repeats those of the first.
   */
  readonly initialEpoch?: number;
  /** Measured after every epoch; its figures are named `valLoss`, `valAccuracy`, … */
  readonly validationData?: ValidationData;
  /** The fraction of `x` and `y`, taken from their end, to validate on; `validationData` overrides it. Default 0. */
  readonly validationSplit?: number;
  /** Whether each epoch has an order of its own, decided by the model's seed. Default true. */
  readonly shuffle?: boolean;
  /** The weight of each class in loss and metrics of training: it is multiplied into the weight of each example. */
  readonly classWeight?: ClassWeight;
  /** The weight of each example in loss and metrics; only with arrays and tensors. */
  readonly sampleWeight?: Examples;
  /** The most steps an epoch takes; default all the data. Each epoch starts at the beginning of its own order. */
  readonly stepsPerEpoch?: number;
  /** Steps of validation; default all the data. */
  readonly validationSteps?: number;
  /** Told of every step and epoch, in this order; one, or a list. */
  readonly callbacks?: Callback | readonly Callback[];
  /** Stops between two steps; `fit` then throws the signal's reason after the callbacks' `onTrainEnd`. */
  readonly signal?: AbortSignal;
  /**
   * Where an earlier run stood, as a checkpoint gives it: goes on exactly as if it had never stopped, given the same
   * data and options.
   */
  readonly resume?: FitProgress;
}

/** How {@link Model.evaluate} measures. */
export interface EvaluateOptions {
  /** Examples a step. Default 32. */
  readonly batchSize?: number;
  /** The weight of each example in loss and metrics; only with arrays and tensors. */
  readonly sampleWeight?: Examples;
  /** Steps; default all the data. */
  readonly steps?: number;
  /** Told of the beginning and the end; one, or a list. */
  readonly callbacks?: Callback | readonly Callback[];
  /** Stops between two steps; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/** How {@link Model.predict} runs. */
export interface PredictOptions {
  /** Examples a step. Default 32. */
  readonly batchSize?: number;
  /** Stops between two steps; the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/** One tensor, or one for each output. */
export type ModelOutput = Tensor | Tensor[];

const showProgress = 'a callback shows progress, such as new LambdaCallback({ onEpochEnd: console.log })';

/** The options of {@link CompileOptions}. */
export const compileOptions = /* @__PURE__ */ optionTable<CompileOptions>(
  'compile',
  { optimizer: 'any', loss: 'any!', metrics: 'any', lossWeights: 'list' },
  {
    later: {
      weightedMetrics: 'all metrics are weighted',
      runEagerly: '',
      stepsPerExecution: '',
      jitCompile: '',
      autoScaleLoss: '',
    },
  },
);

/** The options of {@link FitOptions}. */
export const fitOptions = /* @__PURE__ */ optionTable<FitOptions>(
  'fit',
  {
    batchSize: 'integer',
    epochs: 'integer',
    initialEpoch: 'integer',
    validationData: 'object|list',
    validationSplit: 'number',
    shuffle: 'boolean',
    classWeight: 'object|list',
    sampleWeight: 'object|list',
    stepsPerEpoch: 'integer',
    validationSteps: 'integer',
    callbacks: 'object|list',
    signal: 'object',
    resume: 'object',
  },
  {
    later: {
      verbose: showProgress,
      validationBatchSize: 'validation takes batchSize',
      validationFreq: '',
      x: 'the data come first, fit(x, y, options)',
      y: 'the data come first, fit(x, y, options)',
    },
  },
);

/** The options of {@link EvaluateOptions}. */
export const evaluateOptions = /* @__PURE__ */ optionTable<EvaluateOptions>(
  'evaluate',
  { batchSize: 'integer', sampleWeight: 'object|list', steps: 'integer', callbacks: 'object|list', signal: 'object' },
  { later: { verbose: showProgress, returnDict: 'the figures come by name, always' } },
);

/** The options of {@link PredictOptions}. */
export const predictOptions = /* @__PURE__ */ optionTable<PredictOptions>(
  'predict',
  { batchSize: 'integer', signal: 'object' },
  { later: { verbose: showProgress, steps: 'predict a part of the data', callbacks: '' } },
);
