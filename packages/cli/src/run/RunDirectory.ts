import { existsSync, lstatSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { CheckpointError, type Json, type SerializedObject, type Storage, ValueError } from '@espalier/core';
import { commandLine } from '../terminal/commandLine.js';
import { fileProblem } from './fileProblem.js';
import { LOCK, RunLock } from './RunLock.js';
import { checkManifest, type RunManifest } from './RunManifest.js';
import { runStorage } from './runStorage.js';

const MANIFEST = 'run.json';
const MODEL = 'model.json';
/** What a recipe learned about its data. */
export const PREPARATION = 'tokenizer.json';
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
  #lock: RunLock | undefined;
  /** Which folder of the disk it is, when this process trains in it. */
  #identity: string | undefined;

  private constructor(path: string) {
    this.path = path;
    this.storage = runStorage(path, () => this.requirePresent());
  }

  /**
   * Makes the directory of a new run, `path` or the next free `runs/<recipe>-<n>`, and takes its lock.
   * @throws ValueError where `path` exists and is not empty, or cannot be made; StateError where another process has it.
   */
  static async create(recipe: string, path?: string): Promise<RunDirectory> {
    let made: string;
    try {
      made = path === undefined ? makeNumbered(recipe) : makeNamed(path);
    } catch (error) {
      throw fileProblem(error, path ?? 'runs');
    }
    const run = new RunDirectory(made);
    await run.claim();
    try {
      // Another process may have trained here between the two.
      RunDirectory.requireFree(made);
    } catch (error) {
      run.release();
      throw error;
    }
    return run;
  }

  /** @throws ValueError where `path` exists and is not empty. */
  static requireFree(path: string): void {
    let inside: string[];
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
      inside = readdirSync(path).filter((name) => name !== LOCK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTDIR' && existsSync(path)) {
        throw new ValueError({ where: '--out', problem: `'${path}' is a file`, mend: 'name a folder' });
      }
      throw fileProblem(error, path);
    }
    if (inside.length === 0) return;
    throw new ValueError({
      where: '--out',
      problem: `'${path}' is there already`,
      mend: inside.includes(MANIFEST)
        ? `name another folder, or go on with the run in it: ${commandLine('train', '--resume', path)}`
        : 'name another folder, or one that is empty',
    });
  }

  /** @throws CheckpointError where there is no run. */
  static open(path: string): RunDirectory {
    let found: ReturnType<typeof statSync>;
    try {
      found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() && existsSync(join(path, MANIFEST))) return new RunDirectory(path);
    } catch (error) {
      throw fileProblem(error, path, CheckpointError);
    }
    const near = nearbyRuns();
    if (found === undefined) {
      throw new CheckpointError({
        where: path,
        problem: 'there is no such run directory',
        mend: `give the folder that 'espalier train' named, such as ${near ?? join('runs', 'mnist-cnn-1')}`,
      });
    }
    if (!found.isDirectory()) {
      const folder = dirname(path);
      throw new CheckpointError({
        where: path,
        problem: 'is a file, not the directory of a run',
        mend:
          basename(path) === MANIFEST || existsSync(join(folder, MANIFEST))
            ? `give its folder: ${folder}`
            : `give the folder that 'espalier train' named${near === undefined ? '' : `, such as ${near}`}`,
      });
    }
    throw new CheckpointError({
      where: join(path, MANIFEST),
      problem: 'the file is missing, so this is not the directory of a run',
      mend: near === undefined ? `train one: ${commandLine('train', 'RECIPE')}` : `did you mean ${near}?`,
    });
  }

  /** Takes the lock, for this process to train in it. @throws StateError that says who holds it. */
  async claim(): Promise<void> {
    this.#lock ??= await RunLock.take(this.path);
    this.#identity = identityOf(this.path);
  }

  /** Gives the lock back. */
  release(): void {
    this.#lock?.release();
    this.#lock = undefined;
    this.#identity = undefined;
  }

  /** Whether it is still there, and no other was put in its place, since this process claimed it. */
  get isPresent(): boolean {
    return this.#identity === undefined || identityOf(this.path) === this.#identity;
  }

  /** @throws CheckpointError where the directory was removed under a process that trains in it. */
  requirePresent(): void {
    if (this.isPresent) return;
    throw new CheckpointError({
      where: this.path,
      problem: 'the directory of the run was removed or replaced while it trained',
      mend: 'leave it in its place until training is done',
    });
  }

  /** Where checkpoints should be: a link that leads nowhere is told apart from what was removed. */
  get lostCheckpoints(): string {
    const path = join(this.path, 'checkpoints');
    const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return link && !existsSync(path) ? 'a link that leads nowhere' : existsSync(path) ? 'no complete one' : 'none';
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

  /** Writes what every use of the run needs, where it is not there. */
  async complete(model: SerializedObject, preparation: Json | undefined): Promise<void> {
    if (!(await this.storage.exists(MODEL))) await this.writeArchitecture(model);
    if (!(await this.storage.exists(PREPARATION))) await this.writePreparation(preparation);
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
    const there = lstatSync(this.storage.locate(name), { throwIfNoEntry: false }) !== undefined;
    throw new CheckpointError({
      where: this.storage.locate(name),
      problem: there ? 'it is no ordinary file' : 'the file is missing from the run',
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
  makeFolder('runs');
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
  makeFolder(path);
  return path;
}

/** Makes a folder and those above it. Node's own recursion never ends where the system refuses one with ENOENT, as in /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  try {
    mkdirSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path);
  }
}

/** The folder that a path leads to; undefined where there is none. */
function identityOf(path: string): string | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
  } catch {
    return undefined;
  }
}

/** The newest run below `runs`, if there is one. */
function nearbyRuns(): string | undefined {
  try {
    const found = readdirSync('runs').filter((name) => existsSync(join('runs', name, MANIFEST)));
    const age = (name: string) => statSync(join('runs', name, MANIFEST)).mtimeMs;
    const newest = found.sort((a, b) => age(a) - age(b)).at(-1);
    return newest === undefined ? undefined : relative('.', join('runs', newest));
  } catch {
    // It is only a hint.
    return undefined;
  }
}
