import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { requireBackend } from '../backend/activateBackend.js';
import { isEspalierError } from '../errors/EspalierError.js';
import { CheckpointError, ValueError } from '../errors/kinds.js';
import { nearestNames } from '../errors/suggest.js';
import type { Loss } from '../losses/Loss.js';
import { isLossClass, lossFromConfig } from '../losses/resolveLoss.js';
import type { Metric } from '../metrics/Metric.js';
import { isMetricClass, metricFromConfig } from '../metrics/metricFromConfig.js';
import { type LayerClasses, modelFromConfig } from '../models/fromConfig.js';
import type { Model } from '../models/Model.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import type { Optimizer } from '../optimizer/Optimizer.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue, isClass } from '../options/describeValue.js';
import { optionTable } from '../options/OptionTable.js';
import type { CompileOptions, ModelOutput } from '../training/options.js';
import { decodeSafetensors } from './decodeSafetensors.js';
import type { HostTensor } from './HostTensor.js';
import { deviceTensor } from './hostTensors.js';
import { type CompiledRecord, type ModelRecord, modelRecordOf, SLOT_PREFIX, type SpecRecord } from './modelRecord.js';
import { requireStorage } from './requireStorage.js';
import { readFile, type Storage } from './Storage.js';
import { loadWeights } from './weights.js';

/** What {@link loadModel} makes a model of. */
export interface LoadModelOptions {
  /** The classes that layers are made of: `layerClasses` of `@espalier/layers`, spread together with your own. */
  readonly layers: LayerClasses;
  /**
   * Makes the optimizer: `optimizerFromConfig` of `@espalier/optimizers`. Left out, the model comes without optimizer, loss
   * and metrics: to predict, or to be compiled anew.
   */
  readonly optimizer?: (serialized: SerializedObject) => Optimizer;
  /** Classes of losses of your own, by `className`. */
  readonly losses?: Readonly<Record<string, new (config: never) => Loss>>;
  /** Classes of metrics of your own, by `className`. */
  readonly metrics?: Readonly<Record<string, new (config: never) => Metric>>;
  /** The file. Default `model.safetensors`. */
  readonly name?: string;
}

const loadModelOptions = /* @__PURE__ */ optionTable<LoadModelOptions>('loadModel', {
  layers: 'object!',
  optimizer: 'function',
  losses: 'object',
  metrics: 'object',
  name: 'string',
});

/**
 * Makes a model again from the file that `saveModel` wrote. Only classes of the tables are made: reading a file runs no
 * code from it.
 *
 * @typeParam O What the model answers with: `Tensor[]` for one with several outputs.
 * @throws CheckpointError where there is no such file, it is damaged, holds weights alone, or has classes that the tables
 * lack: all of them are named, with the nearest names; or where a weight is missing, too many or of another shape.
 * @throws StateError without a backend.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { activateBackend, loadModel, memoryStorage, Sequential, saveModel } from '@espalier/core';
 * import { Dense, layerClasses } from '@espalier/layers';
 *
 * await activateBackend(cpu());
 * class Doubling extends Dense {
 *   override readonly className = 'Doubling';
 * }
 * const model = new Sequential([new Doubling({ units: 1, inputShape: [2] })]);
 * model.initialize();
 * const storage = memoryStorage();
 * await saveModel(model, storage, 'mine.safetensors');
 * const again = await loadModel(storage, { layers: { ...layerClasses, Doubling }, name: 'mine.safetensors' });
 * if (again.summary() !== model.summary()) throw new Error('another model');
 * ```
 */
export async function loadModel<O extends ModelOutput = Tensor>(
  storage: Storage,
  options: LoadModelOptions,
): Promise<Model<O>> {
  requireStorage(storage, 'loadModel, storage');
  const made: unknown = (options as LoadModelOptions | undefined)?.optimizer;
  if (made !== undefined && (typeof made !== 'function' || isClass(made))) {
    throw new ValueError({
      where: 'loadModel, optimizer',
      problem: 'this does not make an optimizer from what the file says of it',
      got: describeValue(made),
      mend: "pass the function optimizerFromConfig of '@espalier/optimizers'",
    });
  }
  const { layers, name = 'model.safetensors', ...rest } = checkOptions(options, loadModelOptions);
  const where = storage.locate(name);
  requireBackend('loadModel');
  const { tensors, metadata } = decodeSafetensors(await readFile(storage, name), where);
  const record = modelRecordOf(metadata, where);
  const compiled = rest.optimizer === undefined ? null : record.compiled;
  requireKnown(record, compiled, options, where);
  const model = makeModel(record, layers, where);
  try {
    const [weights, slots] = apart(tensors);
    loadWeights(model, weights, where);
    if (compiled !== null && rest.optimizer !== undefined) {
      const optimizer = within(where, () => rest.optimizer!(compiled.optimizer.serialized));
      within(where, () => model.compile(compileOptions(compiled, optimizer, rest)));
      if (compiled.hasState) restoreState(optimizer, compiled, slots);
    }
    return model as unknown as Model<O>;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** @throws CheckpointError with every class that the tables lack. */
function requireKnown(
  { layers }: ModelRecord,
  compiled: CompiledRecord | null,
  tables: LoadModelOptions,
  where: string,
): void {
  const unknown: [table: string, className: string, known: string[]][] = [];
  for (const one of layers) {
    if (one === 'Sequential' || one === 'Functional' || Object.hasOwn(tables.layers, one)) continue;
    unknown.push(['layers', one, Object.keys(tables.layers)]);
  }
  for (const [table, specs, isKnown] of [
    ['losses', [compiled?.loss ?? []].flat(), isLossClass],
    ['metrics', (compiled?.metrics ?? []).flat(), isMetricClass],
  ] as const) {
    for (const spec of specs as readonly SpecRecord[]) {
      if (typeof spec === 'string' || isKnown(spec.className) || Object.hasOwn(tables[table] ?? {}, spec.className))
        continue;
      unknown.push([table, spec.className, Object.keys(tables[table] ?? {})]);
    }
  }
  if (unknown.length === 0) return;
  const hints = unknown.flatMap(([, one, known]) => {
    const near = nearestNames(one, known, 1);
    return near.length === 0 ? [] : [`for '${one}' did you mean '${near[0]}'?`];
  });
  const given = (['layers', 'losses', 'metrics'] as const).flatMap((table) => {
    const names = unknown.filter(([of]) => of === table).map(([, one]) => one);
    return names.length === 0
      ? []
      : [`${table}: { ${table === 'layers' ? '...layerClasses, ' : ''}${names.join(', ')} }`];
  });
  throw new CheckpointError({
    where,
    problem: 'the model is made of classes that the tables lack',
    expected: 'layers of the table that was given, losses and metrics of core or of yours',
    got: unknown.map(([table, one]) => `${one} (${table})`).join(', '),
    mend: [...hints, `pass those of your own: loadModel(storage, { ${given.join(', ')} })`].join(' '),
  });
}

function makeModel(
  { model: config, inputShape }: ModelRecord,
  layers: LayerClasses,
  where: string,
): Model<ModelOutput> {
  return within(where, () => {
    const model = modelFromConfig(config, layers);
    if (!model.built && inputShape !== null) model.buildFor(inputShape as Shape | Shape[]);
    return model;
  });
}

/** Puts the name of the file before what is said of its contents. */
function within<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!isEspalierError(error)) throw error;
    throw new CheckpointError({
      where,
      problem: 'no model can be made of it',
      got: error.message,
      cause: error,
    });
  }
}

function apart(tensors: Map<string, HostTensor>): [weights: Map<string, HostTensor>, slots: Map<string, HostTensor>] {
  const slots = new Map<string, HostTensor>();
  for (const [name, tensor] of tensors) {
    if (!name.startsWith(SLOT_PREFIX)) continue;
    slots.set(name.slice(SLOT_PREFIX.length), tensor);
    tensors.delete(name);
  }
  return [tensors, slots];
}

function compileOptions(
  { loss, metrics, lossWeights }: CompiledRecord,
  optimizer: Optimizer,
  tables: Pick<LoadModelOptions, 'losses' | 'metrics'>,
): CompileOptions {
  const makeLoss = (spec: SpecRecord): Loss | string => {
    if (typeof spec === 'string') return spec;
    const Own = ownClass(tables.losses, spec);
    return Own === undefined ? lossFromConfig(spec) : new Own(spec.config as never);
  };
  const makeMetric = (spec: SpecRecord): Metric | string => {
    if (typeof spec === 'string') return spec;
    const Own = ownClass(tables.metrics, spec);
    return Own === undefined ? metricFromConfig(spec) : new Own(spec.config as never);
  };
  return {
    optimizer,
    loss: Array.isArray(loss) ? loss.map(makeLoss) : makeLoss(loss as SpecRecord),
    metrics: metrics.map((one) => (Array.isArray(one) ? one.map(makeMetric) : makeMetric(one as SpecRecord))),
    ...(lossWeights !== null && { lossWeights }),
  } as CompileOptions;
}

function ownClass<C>(table: Readonly<Record<string, C>> | undefined, { className }: SerializedObject): C | undefined {
  return table !== undefined && Object.hasOwn(table, className) ? table[className] : undefined;
}

function restoreState(optimizer: Optimizer, { optimizer: saved }: CompiledRecord, host: Map<string, HostTensor>): void {
  const slots = new Map([...host].map(([name, slot]) => [name, deviceTensor(slot)]));
  try {
    optimizer.restore({ iterations: saved.iterations, scalars: saved.scalars, slots });
  } finally {
    dispose([...slots.values()]);
  }
}
