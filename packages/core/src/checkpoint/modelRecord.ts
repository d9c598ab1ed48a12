import { CheckpointError } from '../errors/kinds.js';
import type { SerializedObject } from '../module/Parameter.js';
import type { Shape } from '../module/Shape.js';
import { isRecord } from '../options/checkSerialized.js';
import { parseExactJson } from './exactJson.js';
import type { OptimizerRecord } from './trainingRecord.js';

/** The metadata that holds a {@link ModelRecord}, as JSON. */
export const MODEL_KEY = 'espalier.model';
/** The metadata that names the version of Espalier that wrote the file. */
export const VERSION_KEY = 'espalier.version';
/** Begins the names of the optimizer's tensors, which lie beside the weights. */
export const SLOT_PREFIX = 'espalier.optimizer/';

/** What a file holds of a model beside its tensors. */
export interface ModelRecord {
  readonly model: SerializedObject;
  /** The classes of layers that the model is made of, so that all that are unknown can be named at once. */
  readonly layers: readonly string[];
  /** What the model was built for; null where the config says it. */
  readonly inputShape: Shape | readonly Shape[] | null;
  /** Null where the model was not compiled, or this was left out. */
  readonly compiled: CompiledRecord | null;
}

/** A loss or metric: a name, or a class with its options. */
export type SpecRecord = string | SerializedObject;

/** What `compile` was given. */
export interface CompiledRecord {
  readonly optimizer: OptimizerRecord;
  /** Whether the optimizer's slots are in the file. */
  readonly hasState: boolean;
  readonly loss: SpecRecord | readonly SpecRecord[];
  readonly metrics: readonly SpecRecord[] | readonly (readonly SpecRecord[])[];
  readonly lossWeights: readonly number[] | null;
}

/**
 * The record in the metadata of a file.
 * @throws CheckpointError where there is none, or it is not one of a model.
 */
export function modelRecordOf(metadata: Readonly<Record<string, string>>, where: string): ModelRecord {
  const text = metadata[MODEL_KEY];
  if (text === undefined) {
    throw new CheckpointError({
      where,
      problem: 'the file holds weights alone, not the model that they belong to',
      expected: 'a file that saveModel wrote',
      mend: 'make the model by its constructor, then loadWeights(model, await readWeights(storage, name), name)',
    });
  }
  let record: unknown;
  try {
    record = parseExactJson(text);
  } catch {
    // Said below.
  }
  if (isRecord(record) && isRecord(record.model) && Array.isArray(record.layers)) {
    return record as unknown as ModelRecord;
  }
  throw new CheckpointError({
    where: `${where}, metadata '${MODEL_KEY}'`,
    problem: 'this does not describe a model',
    got: text.slice(0, 80),
    mend: 'save the model again',
  });
}
