import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StateError } from '@espalier/core';
import { fileProblem } from './fileProblem.js';

/** The folder in a run directory that holds a file for the process that trains it. */
export const LOCK = 'lock';

/** How often a holder says that it lives, for those on other machines, in milliseconds. */
const BEAT = 10_000;

/** After which silence a holder on another machine counts as gone. */
const SILENCE = 180_000;

const TRIES = 6;

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When it took the lock, for people. */
  readonly since: string;
  /** The machine as it runs: processes can be looked up by their number only from within it. */
  readonly machine: string;
  /** When the process began, by the clock of the system: numbers of processes are used again. */
  readonly began: string;
}

/**
 * A run directory is trained by one process at a time. Each puts up a file of its own and then looks for others: of two
 * that come at once at least one sees the other, and steps back. A process that ended without taking its file down
 * holds nothing.
 */
export class RunLock {
  readonly #folder: string;
  readonly #file: string;
  readonly #beat: NodeJS.Timeout;
  readonly #onExit = () => this.release();
  #held = true;

  private constructor(folder: string, file: string) {
    this.#folder = folder;
    this.#file = file;
    this.#beat = setInterval(() => this.#sayAlive(), BEAT).unref();
    process.on('exit', this.#onExit);
  }

  /**
   * Takes the lock of a run directory, which must be there.
   * @throws StateError that says who holds it.
   */
  static async take(directory: string): Promise<RunLock> {
    const folder = join(directory, LOCK);
    for (let tries = 1; ; tries++) {
      let file: string;
      try {
        file = putUp(folder);
      } catch (error) {
        throw fileProblem(error, directory, StateError);
      }
      const others = holdersBut(folder, file);
      if (others.length === 0) return new RunLock(folder, file);
      takeDown(folder, file);
      if (tries >= TRIES) throw heldBy(directory, join(folder, others[0]!.name), others[0]!.holder);
      // Two that step back for each other come again at different times.
      await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 40 * tries));
    }
  }

  /** Gives it back; nothing happens the second time. */
  release(): void {
    if (!this.#held) return;
    this.#held = false;
    clearInterval(this.#beat);
    process.off('exit', this.#onExit);
    takeDown(this.#folder, this.#file);
  }

  #sayAlive(): void {
    try {
      const now = new Date();
      utimesSync(join(this.#folder, this.#file), now, now);
    } catch {
      // The directory is gone; training finds that out by itself.
    }
  }
}

function putUp(folder: string): string {
  const name = `${globalThis.crypto.randomUUID()}.json`;
  const path = join(folder, name);
  for (let tries = 1; ; tries++) {
    makeFolder(folder);
    try {
      // Renamed when it is whole: nobody reads half of it.
      writeFileSync(`${path}.partial`, JSON.stringify(self()), { flag: 'wx' });
      renameSync(`${path}.partial`, path);
      return name;
    } catch (error) {
      // Another process has just given the lock back, and its folder with it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || tries >= TRIES) throw error;
    }
  }
}

/** Never the directory above it: that may just have been removed. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function takeDown(folder: string, file: string): void {
  try {
    rmSync(join(folder, file), { force: true });
    rmdirSync(folder);
  } catch {
    // Another holder's file is in it, or the directory is gone.
  }
}

/** The living holders other than that of `file`; what the dead have left is removed. */
function holdersBut(folder: string, file: string): { readonly name: string; readonly holder: Holder | undefined }[] {
  const now = statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
  const others = readdirSync(folder).filter((name) => name !== file && name.endsWith('.json'));
  return others.flatMap((name) => {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return [];
    const holder = readHolder(path);
    // By the clock of the disk, which both machines share.
    if (lives(holder, now - found.mtimeMs)) return existsSync(path) ? [{ name, holder }] : [];
    rmSync(path, { force: true });
    return [];
  });
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, host, since, machine, began } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>;
    const texts = [host, since, machine, began].every((text) => typeof text === 'string');
    return texts && Number.isInteger(pid) && pid! > 0 ? ({ pid, host, since, machine, began } as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function lives(holder: Holder | undefined, silence: number): boolean {
  if (holder === undefined || holder.machine !== machine()) return silence < SILENCE;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it is there, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return beganOf(holder.pid) === holder.began;
}

function heldBy(directory: string, file: string, holder: Holder | undefined): StateError {
  const here = holder?.machine === machine();
  return new StateError({
    where: directory,
    problem: 'another process is training this run',
    got:
      holder === undefined
        ? `a lock that cannot be read: ${file}`
        : `process ${holder.pid} on ${holder.host}, since ${holder.since}`,
    mend: here
      ? `wait until it is done, or stop it with: kill -INT ${holder!.pid}`
      : `wait until it is done; if that process is gone, remove ${file}`,
  });
}

function self(): Holder {
  const { pid } = process;
  return { pid, host: hostname(), since: new Date().toISOString(), machine: machine(), began: beganOf(pid) };
}

/** Two containers of one name have different processes of one number, and so has a machine after it was started again. */
function machine(): string {
  return [
    hostname(),
    quietly(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    quietly(() => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
}

/** When a process began, in ticks since the machine was started; empty where the system does not say. */
function beganOf(pid: number): string {
  // Behind the name of the program, which is in brackets and may hold blanks.
  return quietly(() => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ')[19] ?? '');
}

function quietly(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
