import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Rng } from '@espalier/core';
import { describe, expect, test } from 'vitest';
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
  const command = "npx @espalier/cli train --resume 'my run'";
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

test.each([
  ['SIGINT', 'SIGINT', 130],
  ['SIGTERM', 'SIGINT', 143],
  ['SIGHUP', 'SIGTERM', 129],
] as const)(
  '%s and then %s: saved, ends with the code of the first, and the run goes on',
  async (first, second, code) => {
    const cwd = workFolder();
    const process = new CliProcess(['train', 'sentences-lstm', '--epochs', '100000', '--json', '--out', 'run'], cwd);
    await process.until(/"event":"epoch","epoch":2,/);
    process.child.kill(first);
    // Of two signals that wait, a system hands on the one with the lower number first.
    await process.untilError(/Stopping after this step/);
    process.child.kill(second);
    expect(await process.ended).toBe(code);
    expect(process.events.at(-1)).toMatchObject({ event: 'interrupted', run: 'run' });
    expect(existsSync(join(cwd, 'run/lock'))).toBe(false);
    const { epochs, ...rest } = JSON.parse(readFileSync(join(cwd, 'run/run.json'), 'utf8')).settings;
    const done = history(cwd, 'run').loss.length;
    const manifest = JSON.parse(readFileSync(join(cwd, 'run/run.json'), 'utf8'));
    writeFileSync(
      join(cwd, 'run/run.json'),
      JSON.stringify({ ...manifest, settings: { ...rest, epochs: Math.min(epochs, done + 2) } }),
    );
    expect(await runCli(['train', '--resume', 'run'], cwd)).toMatchObject({ code: 0 });
  },
  60_000,
);

test('a signal before training begins keeps nothing, and ends at once', async () => {
  const cwd = workFolder();
  const process = new CliProcess(['train', 'spam-lstm', '--json', '--out', 'run'], cwd);
  await process.untilError(/spam-lstm/);
  process.child.kill('SIGTERM');
  expect(await process.ended).toBe(143);
  expect(process.stderr).toContain('nothing was kept');
  expect(existsSync(join(cwd, 'run'))).toBe(false);
}, 60_000);

describe('one process trains a run', () => {
  const long = ['sentences-lstm', '--epochs', '100000', '--json'];

  test('of several that start one, one trains, and the others say who does', async () => {
    const cwd = workFolder();
    const all = Array.from({ length: 3 }, () => new CliProcess(['train', ...long, '--out', 'run'], cwd));
    const ended = all.map(async (one) => ({ one, code: await one.ended }));
    const losers = [await Promise.race(ended)];
    losers.push(await Promise.race(ended.filter((_, i) => all[i] !== losers[0]!.one)));
    for (const { one, code } of losers) {
      expect(code).toBe(1);
      expect(one.stderr).toMatch(/another process is training this run|is there already/);
    }
    const winner = all.find((one) => losers.every((loser) => loser.one !== one))!;
    await winner.until(/"event":"epoch"/);

    const late = await runCli(['train', '--resume', 'run', '--json'], cwd);
    expect(late.code).toBe(1);
    expect(late.stderr).toContain(`process ${winner.child.pid} on `);
    expect(late.stderr).toContain(`kill -INT ${winner.child.pid}`);

    // What is killed holds nothing, and of several that go on then, again one does.
    winner.child.kill('SIGKILL');
    await winner.ended;
    const next = Array.from({ length: 2 }, () => new CliProcess(['train', '--resume', 'run', '--json'], cwd));
    const first = await Promise.race(next.map(async (one) => ({ one, code: await one.ended })));
    expect(first.code).toBe(1);
    expect(first.one.stderr).toContain('another process is training this run');
    const last = next.find((one) => one !== first.one)!;
    await last.until(/"event":"epoch"/);
    last.child.kill('SIGINT');
    expect(await last.ended).toBe(130);
    expect(existsSync(join(cwd, 'run/lock'))).toBe(false);
  }, 120_000);
});

test('a run directory that is removed is an error, and what was trained is kept beside it', async () => {
  const cwd = workFolder();
  const process = new CliProcess(['train', 'sentences-lstm', '--epochs', '100000', '--json', '--out', 'run'], cwd);
  await process.until(/"event":"epoch","epoch":5,/);
  rmSync(join(cwd, 'run'), { recursive: true });
  expect(await process.ended).toBe(1);
  expect(process.events.at(-1)).toMatchObject({ event: 'error', kind: 'CheckpointError', where: 'run' });
  expect(process.stderr).toContain('npx @espalier/cli train --resume run-kept-1');
  expect(existsSync(join(cwd, 'run'))).toBe(false);
  expect(await runCli(['evaluate', 'run-kept-1'], cwd)).toMatchObject({ code: 0 });
  expect(JSON.parse(readFileSync(join(cwd, 'run-kept-1/run.json'), 'utf8'))).toMatchObject({ status: 'interrupted' });
}, 60_000);

test('a reader that leaves ends training quietly, with its state saved', async () => {
  const cwd = workFolder();
  const process = new CliProcess(['train', 'sentences-lstm', '--epochs', '100000', '--out', 'run'], cwd);
  await process.until(/Epoch +2\//);
  process.child.stdout?.destroy();
  expect(await process.ended).toBe(141);
  expect(process.stderr).toBe('');
  expect(JSON.parse(readFileSync(join(cwd, 'run/run.json'), 'utf8'))).toMatchObject({ status: 'interrupted' });
}, 60_000);
