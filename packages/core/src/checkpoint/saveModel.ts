import { StateError } from '../errors/kinds.js';
import { Layer } from '../layer/Layer.js';
import type { Model } from '../models/Model.js';
import type { SerializedObject } from '../module/Parameter.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import type { CompileOptions, ModelOutput } from '../training/options.js';
import { version } from '../version.js';
import { encodeSafetensors } from './encodeSafetensors.js';
import { exactJson, requireJson } from './exactJson.js';
import type { HostTensor } from './HostTensor.js';
import { hostTensor } from './hostTensors.js';
import {
  type CompiledRecord,
  MODEL_KEY,
  type ModelRecord,
  SLOT_PREFIX,
  type SpecRecord,
  VERSION_KEY,
} from './modelRecord.js';
import { requireStorage } from './requireStorage.js';
import type { Storage } from './Storage.js';
import { SEALED } from './seal.js';
import { requireBuilt, weightsOf } from './weights.js';

/** How {@link saveModel} saves. */
export interface SaveModelOptions {
  /** Whether optimizer, loss and metrics are saved, where the model is compiled. Default true. */
  readonly compile?: boolean;
  /**
   * Whether the optimizer's slots are saved, so that training goes on as if it had not stopped. Adam's are twice the size
   * of the weights: leave them out of models that are only to predict. Default true.
   */
  readonly optimizerState?: boolean;
}

const saveModelOptions = /* @__PURE__ */ optionTable<SaveModelOptions>('saveModel', {
  compile: 'boolean',
  optimizerState: 'boolean',
});

/**
 * Writes a whole model as one file, which `loadModel` makes it from again: the architecture, weights and state and, where
 * it is compiled, optimizer, loss and metrics. To go on with a run that was cut off within an epoch, use `saveCheckpoint`.
 *
 * The file is safetensors, which other programs read the weights from; the rest is JSON in its metadata, under
 * `espalier.model`. It is written at once or not at all, and carries a checksum.
 *
 * @param name Default `model.safetensors`.
 * @throws StateError for a model of a class of your own, whose code no file holds; where a layer's options are no JSON; or
 * where the model has no weights yet.
 * @throws CheckpointError where the file cannot be written; the old one is then untouched.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, loadModel, memoryStorage, Sequential, saveModel } from '@espalier/core';
 * import { Dense, layerClasses } from '@espalier/layers';
 * import { Adam, optimizerFromConfig } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [2] })]);
 * model.compile({ optimizer: new Adam(), loss: 'mse' });
 * await model.fit([[0, 1], [1, 0]], [[1], [2]], { epochs: 2 });
 *
 * const storage = memoryStorage();
 * await saveModel(model, storage);
 * const again = await loadModel(storage, { layers: layerClasses, optimizer: optimizerFromConfig });
 * const [before, after] = [await model.predict([[1, 1]]), await again.predict([[1, 1]])];
 * if (before.dataSync()[0] !== after.dataSync()[0] || again.optimizer.iterations !== 2) throw new Error('another model');
 * ```
 */
export async function saveModel(
  model: Model<ModelOutput>,
  storage: Storage,
  name = 'model.safetensors',
  options?: SaveModelOptions,
): Promise<void> {
  const { compile = true, optimizerState = true } = checkOptions(options, saveModelOptions);
  requireMethod(model, 'compile', 'saveModel, model', 'a model', 'pass the model first, then the storage');
  requireStorage(storage, 'saveModel, storage');
  const config = serialized(model);
  requireBuilt(model, 'saveModel');
  const tensors = await weightsOf(model);
  requireOrdinaryNames(tensors, model);
  const compileOptions = compile ? model.compileOptions : undefined;
  const compiled = compileOptions === undefined ? null : compiledRecord(compileOptions, optimizerState);
  if (compileOptions !== undefined && optimizerState) {
    for (const [slot, value] of compileOptions.optimizer.state().slots) {
      tensors.set(SLOT_PREFIX + slot, await hostTensor(value));
    }
  }
  const layers = layerClassesIn(model, config);
  const record: ModelRecord = { model: config, layers, inputShape: model.inputShapes ?? null, compiled };
  const metadata = { ...SEALED, [VERSION_KEY]: version, [MODEL_KEY]: exactJson(record) };
  await storage.write(name, encodeSafetensors(tensors, metadata));
}

function serialized(model: Model<ModelOutput>): SerializedObject {
  const instead = 'save its weights, saveWeights(model, storage), and load them into a model that its constructor made';
  for (const { path, module } of model.modules()) {
    const { className } = module as Layer;
    if (path === '' ? className === 'Sequential' || className === 'Functional' : className !== 'Model') continue;
    throw new StateError({
      where: path === '' ? model.label() : `${model.label()}, ${path}`,
      problem: 'the model is of a class of its own, whose code no file holds',
      expected: 'Sequential or Functional',
      got: module.constructor.name,
      mend: instead,
    });
  }
  const config = model.serialize();
  requireJson(config, model.label(), `${instead}, or override getConfig so that it answers with JSON`);
  return config;
}

/** The classes of layers that the config speaks of; layers within layers that the config does not show are not asked for. */
function layerClassesIn(model: Model<ModelOutput>, config: SerializedObject): string[] {
  const named = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { className } = value as { className?: unknown };
    if (typeof className === 'string') named.add(className);
    for (const item of Object.values(value)) visit(item);
  };
  visit(config);
  const layers = model.modules().flatMap(({ module }) => (module instanceof Layer ? [module.className] : []));
  return [...new Set(layers)].filter((one) => named.has(one)).sort();
}

function requireOrdinaryNames(tensors: ReadonlyMap<string, HostTensor>, model: Model<ModelOutput>): void {
  const taken = [...tensors.keys()].find((path) => path.startsWith(SLOT_PREFIX));
  if (taken === undefined) return;
  throw new StateError({
    where: `${model.label()}, ${taken}`,
    problem: 'the names of the optimizer begin so',
    mend: 'give the layer another name',
  });
}

function compiledRecord(options: CompileOptions, hasState: boolean): CompiledRecord {
  const { optimizer, loss, metrics = [], lossWeights = null } = options;
  const { iterations, scalars = {} } = optimizer.state();
  return {
    optimizer: { serialized: checked(optimizer.serialize(), 'optimizer'), iterations, scalars },
    hasState,
    loss: Array.isArray(loss) ? loss.map((one) => specRecord(one, 'loss')) : specRecord(loss, 'loss'),
    metrics: [metrics]
      .flat()
      .map((one) =>
        Array.isArray(one) ? one.map((inner) => specRecord(inner, 'metrics')) : specRecord(one, 'metrics'),
      ) as CompiledRecord['metrics'],
    lossWeights,
  };
}

function specRecord(spec: unknown, what: string): SpecRecord {
  if (typeof spec === 'string') return spec;
  const { serialize } = spec as { serialize?: () => SerializedObject };
  return checked((typeof serialize === 'function' ? serialize.call(spec) : spec) as SerializedObject, what);
}

function checked<T>(value: T, what: string): T {
  requireJson(value, `saveModel, ${what}`, 'leave it out, saveModel(model, storage, name, { compile: false })');
  return value;
}
