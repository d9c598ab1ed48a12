import { spawn } from 'node:child_process';
import { readJson, repository } from './workspace.mjs';

/** What every tool started from here sees: no prompts, no watch modes, no telemetry. */
export const toolEnvironment = {
  ...process.env,
  CI: 'true',
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  NPM_CONFIG_UPDATE_NOTIFIER: 'false',
};

/**
 * Arguments of `npx` that run the one pnpm version which the workspace names; nothing need be installed beforehand.
 * @param {string[]} args
 */
export function pnpm(args) {
  const { packageManager } = readJson(`${repository}/package.json`);
  return { command: 'npx', args: ['--yes', '--prefer-offline', packageManager, ...args] };
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeout] milliseconds after which `capture` ends the command
 */

/**
 * Runs a command and answers with all it printed.
 * @param {{ command: string, args: string[] }} what
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function capture({ command, args }, { cwd = repository, env = toolEnvironment, timeout } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      shell: process.platform === 'win32',
    });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output, stdout }));
  });
}

/**
 * Runs a command on this terminal and answers with its exit code. Ctrl-C reaches the command, which decides what it means.
 * @param {{ command: string, args: string[] }} what
 * @param {RunOptions} [options]
 * @returns {Promise<number>}
 */
export function attach({ command, args }, { cwd = repository, env = toolEnvironment } = {}) {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit', shell: process.platform === 'win32' });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  }).finally(() => process.off('SIGINT', ignore));
}

/** @param {number} since a time from `performance.now()` */
export const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/**
 * One line for a phase, with its time; the whole output only if it fails, and then the process ends.
 * @param {string} label
 * @param {{ command: string, args: string[] }} what
 */
export async function phase(label, what) {
  const start = performance.now();
  process.stdout.write(`${label.padEnd(36, '.')} `);
  const { code, output } = await capture(what);
  if (code === 0) {
    console.log(seconds(start));
    return;
  }
  console.log(`failed after ${seconds(start)}\n\n${output.trimEnd()}\n`);
  console.error(`${label} failed: ${what.command} ${what.args.join(' ')} (exit code ${code}, output above)`);
  process.exit(code);
}
