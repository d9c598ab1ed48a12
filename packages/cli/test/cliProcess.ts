import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const bin = join(root, 'packages/cli/src/bin.ts');
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What `--json` printed: one object a line. */
export type Events = readonly Record<string, unknown>[];

/** A command as a user would run it, in a process of its own. */
export class CliProcess {
  readonly child: ChildProcess;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, ['--import', loader, bin, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...env },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  /** Waits until standard output matches, or the process has ended. */
  until(pattern: RegExp): Promise<boolean> {
    return this.#until(() => pattern.test(this.stdout));
  }

  /** The same for standard error. */
  untilError(pattern: RegExp): Promise<boolean> {
    return this.#until(() => pattern.test(this.stderr));
  }

  async #until(matches: () => boolean): Promise<boolean> {
    let over = false;
    void this.ended.then(() => {
      over = true;
    });
    while (!matches()) {
      if (over) return matches();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return true;
  }

  get events(): Events {
    return eventsOf(this.stdout);
  }
}

/** Every line must be JSON: programs read nothing else. */
export function eventsOf(stdout: string): Events {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], cwd: string, input?: string) {
  const process = new CliProcess(args, cwd);
  if (input !== undefined) process.child.stdin?.write(input);
  process.child.stdin?.end();
  const code = await process.ended;
  return { code, stdout: process.stdout, stderr: process.stderr };
}

/** An empty folder to work in. */
export function workFolder(): string {
  return mkdtempSync(join(tmpdir(), 'espalier-cli-'));
}
