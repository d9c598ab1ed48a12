import { type BackendInfo, CheckpointError } from '@espalier/core';

/** The version of the layout of run directories; raised when an older command could not read a newer directory. */
export const RUN_FORMAT = 1;

/** Everything that decides what a run computes. */
export interface RunSettings {
  readonly backend: string;
  /** Null: the backend's own choice. */
  readonly threads: number | null;
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Null: all. */
  readonly limitTrain: number | null;
  readonly limitTest: number | null;
  /** Steps between checkpoints within an epoch; null: only after epochs. */
  readonly checkpointEvery: number | null;
}

/** What stopped a run, if anything. A run that is killed stays `running`. */
export type RunStatus = 'running' | 'interrupted' | 'finished';

/** The figures on the test set, by name. */
export type RunResult = Readonly<Record<string, number>>;

/** What `run.json` holds. */
export interface RunManifest {
  readonly format: number;
  readonly recipe: string;
  readonly status: RunStatus;
  readonly settings: RunSettings;
  /** What the backend really got, when the run began. */
  readonly backend: BackendInfo;
  readonly versions: { readonly espalier: string; readonly tfjs: string; readonly node: string };
  /** Seconds of training so far; what a killed process spent since it began is not in it. */
  readonly trainSeconds: number;
  /** Present when the run is finished. */
  readonly result?: RunResult;
}

const NUMBERS = ['epochs', 'batchSize', 'learningRate', 'seed'] as const;
const NUMBERS_OR_NULL = ['threads', 'limitTrain', 'limitTest', 'checkpointEvery'] as const;

/** Checks what was read from `run.json`. @throws CheckpointError that names the file and the field. */
export function checkManifest(value: unknown, file: string): RunManifest {
  const fail = (problem: string, expected: string, got: unknown): never => {
    throw new CheckpointError({
      where: file,
      problem,
      expected,
      got: JSON.stringify(got) ?? 'nothing',
      mend: 'restore the file from a copy, or train again',
    });
  };
  const isObject = (one: unknown): one is Record<string, unknown> =>
    typeof one === 'object' && one !== null && !Array.isArray(one);
  if (!isObject(value)) return fail('not the description of a run', 'an object', value);
  if (value.format !== RUN_FORMAT) {
    return fail('the format of the run is not known to this version', `format ${RUN_FORMAT}`, value.format);
  }
  const { settings, recipe, status, backend, trainSeconds } = value;
  if (typeof recipe !== 'string') return fail("'recipe' is damaged", 'a name', recipe);
  if (!['running', 'interrupted', 'finished'].includes(status as string)) {
    return fail("'status' is damaged", 'running, interrupted or finished', status);
  }
  if (!isObject(backend) || typeof backend.name !== 'string') {
    return fail("'backend' is damaged", 'an object with a name', backend);
  }
  if (typeof trainSeconds !== 'number') return fail("'trainSeconds' is damaged", 'a number', trainSeconds);
  if (!isObject(settings)) return fail("'settings' is damaged", 'an object', settings);
  if (typeof settings.backend !== 'string') return fail("'settings.backend' is damaged", 'a name', settings.backend);
  for (const name of NUMBERS) {
    if (typeof settings[name] !== 'number') fail(`'settings.${name}' is damaged`, 'a number', settings[name]);
  }
  for (const name of NUMBERS_OR_NULL) {
    if (settings[name] !== null && typeof settings[name] !== 'number') {
      fail(`'settings.${name}' is damaged`, 'a number or null', settings[name]);
    }
  }
  return value as unknown as RunManifest;
}
