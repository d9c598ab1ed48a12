import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '@espalier/core';
import { expect, test } from 'vitest';
import { CliProcess, runCli, workFolder } from './cliProcess.js';

const KILLS = 10;
// Small steps and a checkpoint after every third, so that kills also fall into the writing of checkpoints.
const SETTINGS = ['--epochs', '90', '--seed', '5', '--checkpoint-every', '3', '--json'];

const weights = (cwd: string, run: string) => readFileSync(join(cwd, run, 'model.safetensors'));
const history = (cwd: string, run: string) => JSON.parse(readFileSync(join(cwd, run, 'history.json'), 'utf8'));

/** Starts a run, or goes on with it where a killed process left enough to do so. */
function startOrResume(cwd: string, run: string): CliProcess {
  const begun = existsSync(join(cwd, run, 'run.json'));
  const args = begun ? ['--resume', run, '--json'] : ['sentences-lstm', ...SETTINGS, '--out', run];
  if (!begun) rmSync(join(cwd, run), { recursive: true, force: true });
  return new CliProcess(['train', ...args], cwd);
}

test(`a run killed ${KILLS} times ends with the very weights of one that was left alone`, async () => {
  const cwd = workFolder();
  const whole = await runCli(['train', 'sentences-lstm', ...SETTINGS, '--out', 'whole'], cwd);
  expect(whole).toMatchObject({ code: 0, stderr: expect.stringContaining('The run is in whole') });
  const expectWhole = (run: string) => {
    expect(weights(cwd, run).equals(weights(cwd, 'whole'))).toBe(true);
    expect(history(cwd, run)).toEqual(history(cwd, 'whole'));
  };

  // The moments differ on every machine; the seed only spreads them.
  const rng = new Rng(7);
  let kills = 0;
  let finished = 0;
  let resumed = 0;
  while (kills < KILLS) {
    const process = startOrResume(cwd, `run-${finished}`);
    // Every third kill may meet a process that still loads; the others wait until it trains.
    const anyTime = kills % 3 === 0;
    if (!anyTime) await process.until(/"event":"(start|resume)"/);
    await new Promise((resolve) => setTimeout(resolve, rng.integer(anyTime ? 1500 : 300)));
    process.child.kill('SIGKILL');
    if ((await process.ended) === 'SIGKILL') kills++;
    // It was faster than the kill: as good a run as any, and the next begins afresh.
    else expectWhole(`run-${finished++}`);
    resumed += process.events.filter(({ event }) => event === 'resume').length;
  }
  const last = startOrResume(cwd, `run-${finished}`);
  expect(await last.ended).toBe(0);
  expectWhole(`run-${finished}`);
  expect(resumed).toBeGreaterThan(3);
}, 180_000);

test('Ctrl-C saves, says how to go on, and ends with 130; the run then ends as if it had never stopped', async () => {
  const cwd = workFolder();
  const settings = ['--epochs', '40', '--seed', '5'];
  const process = new CliProcess(['train', 'sentences-lstm', ...settings, '--json', '--out', 'my run'], cwd);
  await process.until(/"event":"epoch","epoch":4,/);
  process.child.kill('SIGINT');
  expect(await process.ended).toBe(130);
  const command = "espalier train --resume 'my run'";
  expect(process.events.at(-1)).toEqual({ event: 'interrupted', run: 'my run', resume: command });
  expect(process.stderr).toContain(`To go on:\n  ${command}`);
  expect(JSON.parse(readFileSync(join(cwd, 'my run/run.json'), 'utf8'))).toMatchObject({ status: 'interrupted' });
  expect(history(cwd, 'my run').loss.length).toBeLessThan(40);

  const early = await runCli(['evaluate', 'my run'], cwd);
  expect(early).toMatchObject({ code: 0, stdout: expect.stringMatching(/the checkpoint at epoch \d+/) });

  const resumed = await runCli(['train', '--resume', 'my run'], cwd);
  expect(resumed.code).toBe(0);
  await runCli(['train', 'sentences-lstm', ...settings, '--out', 'whole'], cwd);
  expect(weights(cwd, 'my run').equals(weights(cwd, 'whole'))).toBe(true);
  expect(history(cwd, 'my run')).toEqual(history(cwd, 'whole'));
}, 120_000);

test('a second Ctrl-C kills', async () => {
  const process = new CliProcess(['train', 'sentences-lstm', '--epochs', '100000', '--json'], workFolder());
  await process.until(/"event":"epoch","epoch":2,/);
  process.child.kill('SIGINT');
  process.child.kill('SIGINT');
  // Both may arrive before the first is handled; then they are one.
  expect([130, 'SIGINT']).toContain(await process.ended);
}, 60_000);
