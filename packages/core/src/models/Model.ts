import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { requireBackend } from '../backend/activateBackend.js';
import type { Logs } from '../callbacks/Callback.js';
import { ArrayDataset } from '../data/ArrayDataset.js';
import type { Batch, Dataset } from '../data/Dataset.js';
import { datasetFrom, type ExamplesList } from '../data/datasetFrom.js';
import { StateError, ValueError } from '../errors/kinds.js';
import { Layer, type LayerOptions, layerOptions } from '../layer/Layer.js';
import type { CallContext } from '../module/CallContext.js';
import { Module } from '../module/Module.js';
import type { Config } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { claimOptimizer, mayDispose, requireUnclaimed } from '../optimizer/claimOptimizer.js';
import { innermostOf } from '../optimizer/innermostOf.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { checkOptions } from '../options/checkOptions.js';
import { type OptionTable, optionTable } from '../options/OptionTable.js';
import { ownOptions } from '../options/ownOptions.js';
import { requireMethod } from '../options/requireMethod.js';
import { Rng } from '../random/Rng.js';
import { callbackList } from '../training/callbackList.js';
import { checkBatch } from '../training/checkBatch.js';
import { checkProgress } from '../training/checkProgress.js';
import { checkSignal, dataOfCall, isDataset, optionsOfCall, validationSet } from '../training/dataOfCall.js';
import { evaluate } from '../training/evaluate.js';
import type { FitProgress } from '../training/FitProgress.js';
import { requireFiniteLoss } from '../training/finiteWeights.js';
import { fit } from '../training/fit.js';
import type { History } from '../training/History.js';
import { Objective } from '../training/Objective.js';
import {
  type CompileOptions,
  compileOptions,
  type EvaluateOptions,
  evaluateOptions,
  type FitOptions,
  fitOptions,
  type ModelOutput,
  type PredictOptions,
  predictOptions,
} from '../training/options.js';
import { predict } from '../training/predict.js';
import { disposeBatch, readStatistics, type StepTools, trainOnBatch } from '../training/step.js';
import { Tally } from '../training/Tally.js';
import { summaryTable } from './summary.js';

/** The options that every model takes. */
export interface ModelOptions extends LayerOptions {
  /** Decides initial weights, dropout and the order of examples. Default: drawn at random; read it from `model.seed`. */
  readonly seed?: number;
}

/** The options of {@link ModelOptions}, as the base of the tables of models. */
export const modelOptions = /* @__PURE__ */ optionTable<ModelOptions, LayerOptions>(
  'Model',
  { seed: 'integer' },
  { base: layerOptions },
);

/** How many numbers a model holds. */
export interface ParameterCount {
  /** Numbers in all weights and states. */
  readonly total: number;
  /** Numbers in what an optimizer may change now. */
  readonly trainable: number;
}

/**
 * A module that trains. `Sequential` and `Functional` are models; for a computation of your own, extend this class
 * with a `call` and the layers as properties. A model is a layer, so models nest.
 *
 * @example
 * ```ts
 * import { type CallContext, Model } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 * import { add, type Tensor } from '@tensorflow/tfjs-core';
 *
 * class Residual extends Model {
 *   readonly inner = new Dense({ units: 2, activation: 'tanh' });
 *   readonly outer = new Dense({ units: 1 });
 *
 *   override call(x: Tensor, ctx: CallContext): Tensor {
 *     return this.outer.apply(add(x, this.inner.apply(x, ctx)), ctx);
 *   }
 * }
 *
 * const model = new Residual({ seed: 1 });
 * model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: 'meanSquaredError' });
 * const x = [[0, 0], [0, 1], [1, 0], [1, 1]];
 * const { history } = await model.fit(x, [[0], [1], [1], [2]], { epochs: 20 });
 * const losses = history.loss ?? [];
 * if (!(losses.at(-1)! < losses[0]!)) throw new Error('it does not learn');
 * ```
 */
export abstract class Model<O extends ModelOutput = Tensor> extends Layer {
  override readonly className: string = 'Model';
  readonly seed: number;
  /** Set to true, by a callback say, to end `fit` after this step. */
  stopTraining = false;
  #progress: (() => FitProgress) | undefined;
  /** The `fit` that runs now. */
  #running: { disposed: boolean } | undefined;
  #compiled:
    | { readonly optimizer: Optimizer; readonly objective: Objective; readonly options: CompileOptions }
    | undefined;

  /**
   * @param table The options of the class, which are checked here. A class without a table hands on none of its own:
   * `constructor({ units, ...options }) { super(options); }`.
   * @throws ValueError for options that are unknown, misspelt, missing or of another type.
   */
  constructor(options: ModelOptions = {}, table?: OptionTable) {
    super(options, table ?? ownOptions(modelOptions, new.target.name));
    // The one place where chance comes from outside: the seed itself, where the user gave none.
    this.seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  }

  abstract override call(inputs: Tensor | Tensor[], ctx: CallContext): O;

  /** A fresh stream of the model's seed; fork it by a name of your own. */
  get rng(): Rng {
    return new Rng(this.seed);
  }

  /** Where the current or last `fit` stands, as of now; what a checkpoint saves. */
  get progress(): FitProgress | undefined {
    return this.#progress?.();
  }

  /** For the training loop: how to find out where it stands. Asked for only when somebody reads `progress`. */
  trackProgress(progress: () => FitProgress): void {
    this.#progress = progress;
  }

  /** The optimizer it was compiled with. */
  get optimizer(): Optimizer {
    return this.requireCompiled('optimizer').optimizer;
  }

  /** The shapes of the inputs that it was built for; undefined before. */
  get inputShapes(): Shape | Shape[] | undefined {
    return this.builtFor;
  }

  /** What {@link compile} was given last; undefined before. */
  get compileOptions(): CompileOptions | undefined {
    return this.#compiled?.options;
  }

  override computeOutputShape(_inputShape: Shape | Shape[]): Shape | Shape[] {
    throw new StateError({
      where: this.label(),
      problem: 'the output shape of this model is not known without data',
      mend: 'override computeOutputShape in your class',
    });
  }

  override getConfig(): Config {
    return { ...super.getConfig(), seed: this.seed };
  }

  /** Makes the first values of every parameter that has none; by default from the model's own seed. */
  override initialize(rng: Rng = this.rng.fork('init')): void {
    requireBackend(this.label());
    super.initialize(rng);
  }

  /**
   * Chooses optimizer, loss and metrics. Another optimizer replaces the one before, whose slots are freed; the same one,
   * in another transform as well, keeps them.
   * @throws StateError where the optimizer has trained another model, as in Keras; in `fit`.
   * @throws ValueError for an unknown loss or metric, with the nearest names; where losses, metrics and weights differ in
   * number, or two metrics have the same name; where the optimizer is only the name of one.
   */
  compile(options: CompileOptions): void {
    const { optimizer, loss, metrics, lossWeights } = checkOptions(options, compileOptions);
    // Losses and metrics go by names, so one is often tried here; core knows no optimizer, and cannot look it up.
    const mend = "make one: import { Adam } from '@espalier/optimizers'; optimizer: new Adam()";
    requireMethod(optimizer, 'applyGradients', 'compile, optimizer', 'an optimizer', mend);
    // Those of tfjs-core have that one too, and no state that a file could keep.
    requireMethod(optimizer, 'state', 'compile, optimizer', 'an optimizer of Espalier', mend);
    this.requireIdle('compile');
    requireUnclaimed(optimizer, this, this.label(), `${this.label()}, compile`);
    const objective = new Objective(loss, metrics, lossWeights, this.outputNames);
    const before = this.#compiled?.optimizer;
    if (before !== undefined && innermostOf(before) !== innermostOf(optimizer)) this.#disposeOf(before);
    this.#compiled = { optimizer, objective, options };
  }

  /**
   * Trains on a data set, or on arrays or tensors of inputs and targets.
   *
   * @returns The logs of every epoch.
   * @throws StateError before `compile` or without a backend; where the model is in `fit` already, or is disposed of
   * during it; where the optimizer has trained another model.
   * @throws ValueError where `resume` does not go with the data and options.
   * @throws ShapeError or DataError where the data does not fit the model, naming the layer or the label.
   * @throws TrainingError where the loss of a step or of validation is NaN or infinite, or a weight is at the end.
   */
  fit(data: Dataset, options?: FitOptions): Promise<History>;
  fit(x: ExamplesList, y: ExamplesList, options?: FitOptions): Promise<History>;
  async fit(x: Dataset | ExamplesList, y?: ExamplesList | FitOptions, rest?: FitOptions): Promise<History> {
    const { optimizer } = this.requireCompiled('fit');
    this.requireIdle('fit');
    const running = { disposed: false };
    this.#running = running;
    try {
      claimOptimizer(optimizer, this, this.label(), `${this.label()}, fit`);
      const options = optionsOfCall(x, y, rest, fitOptions);
      if (options.resume !== undefined) checkProgress(options.resume);
      let data = await dataOfCall('fit', x, y, options.sampleWeight);
      let validation = await validationSet(options.validationData);
      const { validationSplit = 0 } = options;
      let validationFrom = 0;
      if (validation === undefined && validationSplit !== 0) {
        [data, validation] = splitForValidation(data, validationSplit);
        validationFrom = data.size ?? 0;
      }
      const requireAlive = () => {
        if (!running.disposed) return;
        // What was made after it was disposed of.
        super.dispose();
        this.refuse('fit', 'the model was disposed of while it was in fit', 'await fit before dispose()');
      };
      requireAlive();
      const tools = await this.prepare('fit', data);
      requireAlive();
      return await fit({ tools, optimizer, data, validation, validationFrom, options, requireAlive });
    } finally {
      this.#running = undefined;
    }
  }

  /**
   * Measures loss and metrics, without training; also while the model is in `fit`. Throws as {@link fit} does where data
   * do not fit the model or the loss is NaN or infinite.
   */
  evaluate(data: Dataset, options?: EvaluateOptions): Promise<Logs>;
  evaluate(x: ExamplesList, y: ExamplesList, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(x: Dataset | ExamplesList, y?: ExamplesList | EvaluateOptions, rest?: EvaluateOptions): Promise<Logs> {
    this.requireCompiled('evaluate');
    const options = optionsOfCall(x, y, rest, evaluateOptions);
    const callbacks = callbackList(options.callbacks);
    const data = await dataOfCall('evaluate', x, y, options.sampleWeight);
    for (const callback of callbacks) callback.setModel(this);
    return evaluate(await this.prepare('evaluate', data), data, options);
  }

  /**
   * The outputs for every example, in the order of the data; also while the model is in `fit`. The caller disposes them.
   * NaN in weights or inputs comes out as NaN.
   */
  async predict(x: Dataset | ExamplesList, options: PredictOptions = {}): Promise<O> {
    const { signal } = checkOptions(options, predictOptions);
    if (signal !== undefined) checkSignal(signal, 'predict');
    const data = isDataset(x) ? x : await datasetFrom(x);
    await this.buildOn(data);
    return (await predict(this, data, options)) as O;
  }

  /**
   * One step of training on one batch, which stays the caller's.
   * @returns Loss and metrics of this batch, before the update.
   * @throws TrainingError where the loss is NaN or infinite; weights that this very step spoils show in the next one.
   * @throws StateError before `compile`, while the model is in `fit`, or where the optimizer has trained another model.
   */
  async trainStep(batch: Batch): Promise<Logs> {
    const { optimizer } = this.requireCompiled('trainStep');
    this.requireIdle('trainStep');
    claimOptimizer(optimizer, this, this.label(), `${this.label()}, trainStep`);
    checkBatch(batch);
    const tools = await this.prepare('trainStep', { size: batch.size, batches: () => [batch] }, false);
    const rng = this.rng.fork('trainStep').fork(optimizer.iterations);
    const tally = new Tally(tools.objective);
    tally.add(await readStatistics(trainOnBatch(tools, optimizer, batch, rng, 'trainStep'), batch.size));
    const logs = tally.logs();
    await requireFiniteLoss(logs.loss!, tools, 'trainStep');
    return logs;
  }

  /** The layers as a table: name, output shape, number of parameters. */
  summary(): string {
    const shapes = this.built && this.builtFor !== undefined ? this.layerShapes(this.builtFor) : [];
    const children = [...this.members()].flatMap(([path, module]) =>
      module instanceof Module ? [{ path, module }] : [],
    );
    return summaryTable(this, children, shapes);
  }

  /** How many numbers the parameters and states hold, as far as the model is built. */
  countParameters(): ParameterCount {
    const count = (parameters: Iterable<{ size: number }>) => [...parameters].reduce((sum, p) => sum + p.size, 0);
    return {
      total: count(this.parameters().values()),
      trainable: count(this.trainableParameters().values()),
    };
  }

  /**
   * Frees parameters and optimizer slots: the tensor count is what it was before the model was made. A `fit` that still
   * runs ends with a StateError before its next step.
   */
  override dispose(): void {
    if (this.#running !== undefined) this.#running.disposed = true;
    super.dispose();
    if (this.#compiled !== undefined) this.#disposeOf(this.#compiled.optimizer);
  }

  /** Frees an optimizer's slots, unless they are another model's: both were compiled with it, and the other trained. */
  #disposeOf(optimizer: Optimizer): void {
    if (mayDispose(optimizer, this)) optimizer.dispose();
  }

  /** What the logs call the outputs of a model that has several; where it does not say, `output0`, `output1`, … */
  protected get outputNames(): readonly string[] | undefined {
    return undefined;
  }

  /** The output shapes of the direct sublayers, for {@link summary}; none where they are not known. */
  protected layerShapes(_inputShape: Shape | Shape[]): (Shape | Shape[])[] {
    return [];
  }

  private requireCompiled(what: string) {
    if (this.#compiled !== undefined) return this.#compiled;
    this.refuse(
      what,
      'the model is not compiled',
      "call model.compile({ optimizer, loss, metrics: ['accuracy'] }) first",
    );
  }

  /** Two runs would mix their steps, and the progress of one would be saved with the weights of both. */
  private requireIdle(what: string): void {
    if (this.#running === undefined) return;
    this.refuse(what, 'the model is in fit', 'await the fit that runs, or end it by its signal or model.stopTraining');
  }

  private refuse(what: string, problem: string, mend: string): never {
    throw new StateError({ where: `${this.label()}, ${what}`, problem, mend });
  }

  private async prepare(what: string, data: Dataset, owned = true): Promise<StepTools> {
    const { objective } = this.requireCompiled(what);
    await this.buildOn(data, owned);
    return { model: this, objective, parameters: this.trainableParameters() };
  }

  /** Builds and initialises everything: from known shapes, or by one forward pass over the first example. */
  private async buildOn(data: Dataset, owned = true): Promise<void> {
    requireBackend(this.label());
    let parameters = this.bind();
    if (!this.built) {
      const rng = this.rng.fork('init');
      for await (const batch of data.batches({ batchSize: 1 })) {
        try {
          tidy(() => void this.run(batch.inputs, { training: false, rng }));
        } finally {
          if (owned) disposeBatch(batch);
        }
        break;
      }
      parameters = this.bind();
    }
    // Asked first: each of many steps comes by here.
    if ([...parameters.values()].some((parameter) => !parameter.initialized)) this.initialize();
  }
}

function splitForValidation(data: Dataset, fraction: number): [Dataset, Dataset] {
  const refuse = (problem: string): never => {
    throw new ValueError({
      where: 'fit, validationSplit',
      problem,
      got: String(fraction),
      mend: 'pass validationData',
    });
  };
  if (!(fraction > 0 && fraction < 1)) refuse('must be a fraction between 0 and 1');
  return data instanceof ArrayDataset ? data.split(fraction) : refuse('only arrays and tensors can be split');
}
