import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fileStorage, listCheckpoints, Rng, readCheckpoint } from '@espalier/core';
import { expect, it } from 'vitest';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Each takes seconds to start a process. */
const KILLS = 3;

/** Runs the saver until it has saved `saves` times and a little longer, then kills it; gives the last step it spoke of. */
async function runAndKill(directory: string, saves: number, extraMs: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', here('saveForever.ts'), directory], {
    cwd: here('../../../..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const closed = once(child, 'close');
  const lines = (): string[] => printed.split('\n').slice(0, -1);
  await new Promise<void>((resolve, reject) => {
    child.on('close', () => reject(new Error(`it ended by itself: ${complaints}`)));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (lines().length >= saves) resolve();
    });
  });
  await sleep(extraMs);
  child.kill('SIGKILL');
  await closed;
  return Number(lines().at(-1));
}

it('kill -9 at any moment leaves checkpoints that are whole', { timeout: 120_000 }, async () => {
  const rng = new Rng(Date.now());
  const directory = mkdtempSync(join(tmpdir(), 'espalier-'));
  const storage = fileStorage(directory);
  let interrupted = 0;
  try {
    for (let round = 0; round < KILLS; round++) {
      const last = await runAndKill(directory, 3, rng.float() * 40);
      const ids = await listCheckpoints(storage);
      // One that was being added, or one that was being removed.
      expect([2, 3]).toContain(ids.length);
      if (readdirSync(join(directory, 'checkpoints')).length !== 2) interrupted++;
      for (const id of ids) {
        const { progress, weights, optimizer } = await readCheckpoint(storage, id);
        for (const { data } of weights.values()) expect(data.every((value) => value === progress.batch)).toBe(true);
        expect(optimizer?.slots.size).toBe(4);
      }
      // What was reported as saved is there.
      const { progress } = await readCheckpoint(storage, ids.at(-1)!);
      expect(progress.batch - last).toBeOneOf([0, 1]);
    }
    console.info(`Killed ${KILLS} times, ${interrupted} times in the middle of a save or a removal.`);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
