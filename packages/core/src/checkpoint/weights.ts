import { CheckpointError, StateError } from '../errors/kinds.js';
import { Layer } from '../layer/Layer.js';
import type { Module } from '../module/Module.js';
import type { Parameter } from '../module/Parameter.js';
import { showShape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import { decodeSafetensors } from './decodeSafetensors.js';
import { encodeSafetensors } from './encodeSafetensors.js';
import type { HostTensor } from './HostTensor.js';
import { hostTensor } from './hostTensors.js';
import { SLOT_PREFIX } from './modelRecord.js';
import { requireModule, requireStorage } from './requireStorage.js';
import { readFile, type Storage } from './Storage.js';
import { SEALED } from './seal.js';
import { unsupportedOf } from './UnreadTensors.js';

/**
 * All parameters and state of a module by path, copied to the host.
 * @throws StateError where a parameter has no values yet.
 */
export async function weightsOf(module: Module): Promise<Map<string, HostTensor>> {
  requireModule(module, 'weightsOf, module');
  const parameters = [...module.parameters()];
  return new Map(await Promise.all(parameters.map(async ([path, p]) => [path, await hostTensor(p.value)] as const)));
}

/** How {@link loadWeights} treats names that do not match. */
export interface LoadOptions {
  /** Whether missing and extra names are errors. Default true. */
  readonly strict?: boolean;
}

/** The names that {@link loadWeights} found on one side only; both empty when it is strict. */
export interface LoadReport {
  /** Parameters that the tensors lack; they keep their values. */
  readonly missing: readonly string[];
  /** Tensors that no parameter wants. */
  readonly extra: readonly string[];
}

const loadOptions = /* @__PURE__ */ optionTable<LoadOptions>('loadWeights', { strict: 'boolean' });

/**
 * Gives a module the values of `tensors`, by path. All names and shapes are checked first: it loads all or changes
 * nothing. The module's parameters must be declared already, so build it before.
 *
 * @param where Where the tensors come from, for errors.
 * @throws CheckpointError that lists every missing and extra name (unless `strict` is false) and every shape or dtype
 * that does not fit.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { loadWeights, memoryStorage, readWeights, saveWeights, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 *
 * await activateBackend(cpu());
 * const teacher = new Sequential([new Dense({ units: 2, inputShape: [3] })]);
 * const pupil = new Sequential([new Dense({ units: 2, inputShape: [3] })]);
 * teacher.initialize();
 * const storage = memoryStorage();
 * await saveWeights(teacher, storage);
 * loadWeights(pupil, await readWeights(storage), 'the teacher');
 * const [kernel] = pupil.parameters().values();
 * if (kernel?.value.dataSync().every((weight) => weight === 0)) throw new Error('nothing was learned');
 * ```
 */
export function loadWeights(
  module: Module,
  tensors: ReadonlyMap<string, HostTensor>,
  where: string,
  options: LoadOptions = {},
): LoadReport {
  requireModule(module, 'loadWeights, module');
  const { strict = true } = checkOptions(options, loadOptions);
  requireMethod(tensors, 'get', 'loadWeights, tensors', 'a map of tensors', 'pass what readWeights or weightsOf gave');
  const parameters = module.parameters();
  const report = checkWeights(parameters, tensors, where, strict);
  for (const [path, parameter] of parameters) {
    const tensor = tensors.get(path);
    if (tensor !== undefined) parameter.assign(tensor.data);
  }
  return report;
}

/**
 * What {@link loadWeights} checks, without loading.
 * @throws CheckpointError as there.
 */
export function checkWeights(
  parameters: ReadonlyMap<string, Parameter>,
  tensors: ReadonlyMap<string, HostTensor>,
  where: string,
  strict: boolean,
): LoadReport {
  const unread = new Map(unsupportedOf(tensors).map((one) => [one.name, one]));
  const missing = [...parameters.keys()].filter((path) => !tensors.has(path) && !unread.has(path));
  const extra = [...tensors.keys(), ...unread.keys()].filter((path) => !parameters.has(path));
  const unreadable = [...parameters.keys()].flatMap((path) => unread.get(path) ?? []);
  const misfits: string[] = [];
  for (const [path, parameter] of parameters) {
    if (unread.has(path)) continue;
    const tensor = tensors.get(path);
    if (tensor !== undefined && !fits(parameter, tensor)) {
      misfits.push(`${path} is ${describe(tensor)}, not ${describe(parameter)}`);
    }
  }
  const problems = [
    ...(strict && missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(strict && extra.length > 0 ? [`extra: ${extra.join(', ')}`] : []),
    ...unreadable.map(({ name, dtype, reason }) => `cannot be read: ${name} (${dtype}: ${reason})`),
    ...(misfits.length > 0 ? [`does not fit: ${misfits.join('; ')}`] : []),
  ];
  if (problems.length === 0) return { missing, extra };
  throw new CheckpointError({
    where,
    problem: 'the weights do not fit the model; nothing was loaded',
    expected: `the ${parameters.size} parameters of the model`,
    got: problems.join('; '),
    mend:
      parameters.size === 0
        ? 'give the first layer an inputShape, or call model.buildFor(shape), so that the model knows its parameters'
        : 'load weights of the same architecture, or pass { strict: false } to leave out names that do not match',
  });
}

/** Whether the values can be taken over without loss of meaning: float to float, whole numbers to whole numbers. */
function fits({ shape, dtype }: Parameter, tensor: HostTensor): boolean {
  if (shape.length !== tensor.shape.length || shape.some((axis, i) => axis !== tensor.shape[i])) return false;
  if (dtype === 'float32') return tensor.dtype === 'float32' || tensor.dtype === 'float64';
  if (dtype === 'bool') return tensor.dtype === 'bool';
  return dtype === 'int32' && !tensor.dtype.startsWith('float');
}

function describe({ dtype, shape }: { readonly dtype: string; readonly shape: readonly number[] }): string {
  return `${dtype} ${showShape(shape)}`;
}

/**
 * Writes a module's weights as one safetensors file, with a checksum in its metadata that reading it checks.
 * @throws StateError where a parameter has no values yet, or the shapes of the parameters are not known yet.
 */
export async function saveWeights(module: Module, storage: Storage, name = 'model.safetensors'): Promise<void> {
  requireModule(module, 'saveWeights, module');
  requireStorage(storage, 'saveWeights, storage');
  requireBuilt(module, 'saveWeights');
  await storage.write(name, encodeSafetensors(await weightsOf(module), SEALED));
}

/**
 * Reads a safetensors file of weights, for {@link loadWeights}; of a whole model, those of the optimizer are left out.
 * @throws CheckpointError where there is none, it is damaged, or breaks the rules of the format.
 */
export async function readWeights(storage: Storage, name = 'model.safetensors'): Promise<Map<string, HostTensor>> {
  requireStorage(storage, 'readWeights, storage');
  const { tensors } = decodeSafetensors(await readFile(storage, name), storage.locate(name));
  for (const path of tensors.keys()) if (path.startsWith(SLOT_PREFIX)) tensors.delete(path);
  return tensors;
}

/** @throws StateError for a model that does not know its parameters yet: its file would hold nothing. */
export function requireBuilt(module: Module, where: string): void {
  if (!(module instanceof Layer) || module.built || module.parameters().size > 0) return;
  throw new StateError({
    where: `${where}, ${module.label()}`,
    problem: 'the model has no weights yet',
    mend: 'give the first layer an inputShape, or train or call the model first',
  });
}
