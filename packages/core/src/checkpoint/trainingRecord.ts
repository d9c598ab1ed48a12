import { CheckpointError } from '../errors/kinds.js';
import type { Json, SerializedObject } from '../module/Parameter.js';
import type { FitProgress } from '../training/FitProgress.js';
import { exactJson, parseExactJson } from './exactJson.js';
import { sha256 } from './sha256.js';

/** What `training.json` of a checkpoint holds: all but the tensors, and the seals of the files that hold those. */
export interface TrainingRecord {
  readonly progress: FitProgress;
  readonly optimizer: OptimizerRecord | null;
  /** The states of callbacks by key. */
  readonly callbacks: Readonly<Record<string, Json>>;
  /** The series of checkpoints that it belongs to: those of one `ModelCheckpoint`. Absent where the user saved it. */
  readonly series?: string;
  /** The tensor files, by name. */
  readonly files: Readonly<Record<string, FileSeal>>;
}

/** An optimizer without its slots. */
export interface OptimizerRecord {
  /** Its class and options. */
  readonly serialized: SerializedObject;
  /** Steps applied. */
  readonly iterations: number;
  /** See `OptimizerState`. */
  readonly scalars: Readonly<Record<string, number>>;
  /** See `OptimizerState`; absent where an earlier version saved it. */
  readonly steps?: Readonly<Record<string, number>>;
}

/** What a file must be to be the one that was saved. */
export interface FileSeal {
  readonly sha256: string;
  readonly bytes: number;
}

interface SealedRecord {
  readonly formatVersion: number;
  /** Of the record's text: a flipped digit would be valid JSON. */
  readonly sha256: string;
  readonly record: TrainingRecord;
}

const FORMAT_VERSION = 1;

/** The bytes of `training.json`. */
export async function encodeRecord(record: TrainingRecord): Promise<Uint8Array> {
  const sealed: SealedRecord = { formatVersion: FORMAT_VERSION, sha256: await seal(record), record };
  return new TextEncoder().encode(exactJson(sealed));
}

/**
 * @param mend What the reader can do if the file is damaged.
 * @throws CheckpointError where the file is damaged or of another version.
 */
export async function decodeRecord(bytes: Uint8Array, where: string, mend: string): Promise<TrainingRecord> {
  let parsed: Partial<SealedRecord> | null;
  try {
    parsed = parseExactJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Partial<SealedRecord> | null;
  } catch (cause) {
    throw new CheckpointError({ where, problem: 'the file is not JSON', got: (cause as Error).message, mend, cause });
  }
  const { formatVersion, sha256: expected, record } = parsed ?? {};
  if (formatVersion !== FORMAT_VERSION) {
    throw new CheckpointError({
      where,
      problem: 'the format of the checkpoint is not known',
      expected: `formatVersion ${FORMAT_VERSION}`,
      got: String(formatVersion),
      mend:
        Number(formatVersion) > FORMAT_VERSION ? `update @espalier/core if a later one wrote it, else ${mend}` : mend,
    });
  }
  const got = record === undefined ? 'no record' : await seal(record);
  if (record === undefined || got !== expected) {
    throw new CheckpointError({ where, problem: 'the file is damaged', expected: `SHA-256 ${expected}`, got, mend });
  }
  return record;
}

function seal(record: TrainingRecord): Promise<string> {
  return sha256(new TextEncoder().encode(exactJson(record)));
}
