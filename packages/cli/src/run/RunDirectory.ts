import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  CheckpointError,
  fileStorage,
  type Json,
  type SerializedObject,
  type Storage,
  ValueError,
} from '@espalier/core';
import { shellWord } from '../terminal/shellWord.js';
import { checkManifest, type RunManifest } from './RunManifest.js';

const MANIFEST = 'run.json';
const MODEL = 'model.json';
const PREPARATION = 'tokenizer.json';
const HISTORY = 'history.json';
/** The weights at the end of training. */
export const WEIGHTS = 'model.safetensors';

/**
 * The folder of one run, with all that it takes to evaluate, predict or go on:
 *
 * - `run.json`: recipe, settings, backend, versions, status, figures;
 * - `model.json`: the architecture; `model.safetensors`: the weights, when training is done;
 * - `tokenizer.json`: how texts become numbers, where the recipe has texts;
 * - `history.json`: the figures of every epoch;
 * - `checkpoints/`: where training stood.
 */
export class RunDirectory {
  /** As the user would type it. */
  readonly path: string;
  readonly storage: Storage;

  private constructor(path: string) {
    this.path = path;
    this.storage = fileStorage(path);
  }

  /**
   * Makes the directory of a new run: `path`, or the next free `runs/<recipe>-<n>`.
   * @throws ValueError where `path` exists and is not empty.
   */
  static create(recipe: string, path?: string): RunDirectory {
    return new RunDirectory(path === undefined ? makeNumbered(recipe) : makeNamed(path));
  }

  /** @throws ValueError where `path` exists and is not empty. */
  static requireFree(path: string): void {
    if (!existsSync(path) || (statSync(path).isDirectory() && readdirSync(path).length === 0)) return;
    throw new ValueError({
      where: '--out',
      problem: `'${path}' is there already`,
      mend: existsSync(join(path, MANIFEST))
        ? `name another folder, or go on with the run in it: espalier train --resume ${shellWord(path)}`
        : 'name another folder',
    });
  }

  /** @throws CheckpointError where there is no run. */
  static open(path: string): RunDirectory {
    if (!existsSync(path)) {
      throw new CheckpointError({
        where: path,
        problem: 'there is no such run directory',
        mend: `give the folder that 'espalier train' named, such as ${nearbyRuns() ?? join('runs', 'mnist-cnn-1')}`,
      });
    }
    if (!existsSync(join(path, MANIFEST))) {
      throw new CheckpointError({
        where: join(path, MANIFEST),
        problem: 'the file is missing, so this is not the directory of a run',
        mend: nearbyRuns() === undefined ? "train one with 'espalier train RECIPE'" : `did you mean ${nearbyRuns()}?`,
      });
    }
    return new RunDirectory(path);
  }

  /** @throws CheckpointError where the file is damaged. */
  async manifest(): Promise<RunManifest> {
    return checkManifest(await this.#readJson(MANIFEST), this.storage.locate(MANIFEST));
  }

  async writeManifest(manifest: RunManifest): Promise<void> {
    await this.#writeJson(MANIFEST, manifest);
  }

  /** What `model.serialize()` gave. @throws CheckpointError where the file is damaged. */
  async architecture(): Promise<SerializedObject> {
    const value = await this.#readJson(MODEL);
    const { className, config } = (value ?? {}) as Partial<SerializedObject>;
    if (typeof className === 'string' && typeof config === 'object' && config !== null)
      return value as SerializedObject;
    throw new CheckpointError({
      where: this.storage.locate(MODEL),
      problem: 'the file does not describe a model',
      expected: '{ "className": …, "config": {…} }',
      mend: 'restore the file from a copy, or train again',
    });
  }

  async writeArchitecture(model: SerializedObject): Promise<void> {
    await this.#writeJson(MODEL, model);
  }

  /** What the recipe learned about its data; undefined where it keeps nothing. */
  async preparation(): Promise<Json | undefined> {
    return (await this.storage.exists(PREPARATION)) ? ((await this.#readJson(PREPARATION)) as Json) : undefined;
  }

  async writePreparation(preparation: Json | undefined): Promise<void> {
    if (preparation !== undefined) await this.#writeJson(PREPARATION, preparation);
  }

  async writeHistory(history: Readonly<Record<string, readonly number[]>>): Promise<void> {
    await this.#writeJson(HISTORY, history);
  }

  /** @throws CheckpointError where the run lacks a file that it should have. */
  async requireFile(name: string): Promise<void> {
    if (await this.storage.exists(name)) return;
    throw new CheckpointError({
      where: this.storage.locate(name),
      problem: 'the file is missing from the run',
      mend: 'restore it from a copy, or train again',
    });
  }

  async #readJson(name: string): Promise<unknown> {
    await this.requireFile(name);
    const bytes = await this.storage.read(name);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (error) {
      throw new CheckpointError({
        where: this.storage.locate(name),
        problem: 'the file is truncated or damaged: it is not JSON',
        got: `${bytes.length} bytes; ${(error as Error).message}`,
        mend: 'restore the file from a copy, or train again',
        cause: error,
      });
    }
  }

  async #writeJson(name: string, value: unknown): Promise<void> {
    await this.storage.write(name, new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`));
  }
}

function makeNumbered(recipe: string): string {
  mkdirSync('runs', { recursive: true });
  for (let n = 1; ; n++) {
    const path = join('runs', `${recipe}-${n}`);
    try {
      // Without `recursive` only one of two processes makes it.
      mkdirSync(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeNamed(path: string): string {
  RunDirectory.requireFree(path);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The newest run below `runs`, if there is one. */
function nearbyRuns(): string | undefined {
  if (!existsSync('runs')) return undefined;
  const found = readdirSync('runs').filter((name) => existsSync(join('runs', name, MANIFEST)));
  return found.length === 0 ? undefined : relative('.', join('runs', found.at(-1)!));
}
