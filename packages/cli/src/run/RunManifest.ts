import { type BackendInfo, CheckpointError } from '@espalier/core';
import { MOST_THREADS } from '../backends.js';

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

/**
 * How far a run came: `starting` until its first checkpoint is there, `interrupted` when it was stopped and saved. A run that
 * is killed stays `running`.
 */
export type RunStatus = 'starting' | 'running' | 'interrupted' | 'finished';

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
  readonly versions: Readonly<Record<string, string>>;
  /** Seconds of training so far; what a killed process spent since it began is not in it. */
  readonly trainSeconds: number;
  /** The run directory whose weights it began with; absent where it began with none. */
  readonly startFrom?: string;
  /** Present when the run is finished. */
  readonly result?: RunResult;
}

type Fields = Readonly<Record<string, unknown>>;

/** What a field must be, in words, and the check. */
interface Kind {
  readonly words: string;
  is(value: unknown): boolean;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const text: Kind = { words: 'a text', is: (value) => typeof value === 'string' && value.length < 10_000 };
const name: Kind = { words: 'a name', is: (value) => text.is(value) && value !== '' };
const share: Kind = { words: 'a number above 0', is: (value) => Number.isFinite(value) && (value as number) > 0 };
const seconds: Kind = { words: 'a number, 0 or more', is: (value) => Number.isFinite(value) && (value as number) >= 0 };
const object: Kind = { words: 'an object', is: isObject };
const figures: Kind = {
  words: 'an object of numbers',
  is: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'number'),
};
const texts: Kind = {
  words: 'an object of texts',
  is: (value) => isObject(value) && Object.values(value).every((one) => typeof one === 'string'),
};
const oneOf = (...values: readonly string[]): Kind => ({
  words: `one of ${values.join(', ')}`,
  is: (value) => values.includes(value as string),
});
const whole = (least: number, most = Number.MAX_SAFE_INTEGER): Kind => ({
  words:
    most === Number.MAX_SAFE_INTEGER ? `a whole number, ${least} or more` : `a whole number from ${least} to ${most}`,
  is: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
});
const orNull = (kind: Kind): Kind => ({
  words: `${kind.words}, or null`,
  is: (value) => value === null || kind.is(value),
});
const orAbsent = (kind: Kind): Kind => ({ words: kind.words, is: (value) => value === undefined || kind.is(value) });

const RUN = {
  format: whole(1),
  recipe: name,
  status: oneOf('starting', 'running', 'interrupted', 'finished'),
  settings: object,
  backend: object,
  versions: orAbsent(texts),
  trainSeconds: seconds,
  startFrom: orAbsent(name),
  result: orAbsent(figures),
} satisfies Record<keyof RunManifest, Kind>;

const SETTINGS = {
  backend: name,
  threads: orNull(whole(1, MOST_THREADS)),
  epochs: whole(1),
  batchSize: whole(1),
  learningRate: share,
  seed: whole(0),
  limitTrain: orNull(whole(1)),
  limitTest: orNull(whole(1)),
  checkpointEvery: orNull(whole(1)),
} satisfies Record<keyof RunSettings, Kind>;

const BACKEND = {
  name,
  device: text,
  threads: whole(1),
  simd: text,
  note: orAbsent(text),
};

/**
 * Checks what was read from `run.json`: every field by its type and range. Fields that this version does not know are
 * left out.
 * @throws CheckpointError that names the file and the field.
 */
export function checkManifest(value: unknown, file: string): RunManifest {
  const fail = (problem: string, expected: string, got: unknown): never => {
    throw new CheckpointError({
      where: file,
      problem,
      expected,
      got: shortJson(got),
      mend: 'restore the file from a copy, or train again',
    });
  };
  const known = (fields: Fields, kinds: Readonly<Record<string, Kind>>, prefix = ''): Fields =>
    Object.fromEntries(
      Object.entries(kinds).flatMap(([field, kind]) => {
        // Only what the file itself says: '__proto__' or 'constructor' in it lend nothing.
        const one = Object.hasOwn(fields, field) ? fields[field] : undefined;
        if (!kind.is(one)) fail(`'${prefix}${field}' is damaged`, kind.words, one);
        return one === undefined ? [] : [[field, one]];
      }),
    );
  if (!isObject(value)) return fail('not the description of a run', 'an object', value);
  if (value.format !== RUN_FORMAT) {
    return fail('the format of the run is not known to this version', `format ${RUN_FORMAT}`, value.format);
  }
  const run = known(value, RUN);
  return {
    versions: {},
    ...run,
    settings: known(run.settings as Fields, SETTINGS, 'settings.'),
    backend: known(run.backend as Fields, BACKEND, 'backend.'),
  } as unknown as RunManifest;
}

function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length > 80 ? `${json.slice(0, 80)}…` : json;
}
