import { ValueError } from '../errors/kinds.js';
import type { FitProgress } from './FitProgress.js';

/** What the position in an epoch hangs on; as a {@link FitProgress} keeps it. */
export type Position = Required<Pick<FitProgress, 'seed'>> &
  Pick<FitProgress, 'batchSize' | 'shuffle' | 'size' | 'stepsPerEpoch'>;

const WORDS: readonly (readonly [keyof Position, string])[] = [
  ['batchSize', 'another batchSize'],
  ['shuffle', 'another shuffle'],
  ['size', 'data of another size'],
  ['stepsPerEpoch', 'another stepsPerEpoch'],
];

/**
 * Refuses to go on in the middle of an epoch that is cut otherwise now: batches would be left out or come twice. Between
 * two epochs all of this may change.
 * @param figures What is measured now, by name.
 * @throws ValueError naming what differs.
 */
export function checkResume(resume: FitProgress, now: Position, figures: readonly string[]): void {
  const refuse = (problem: string, expected: unknown, got: unknown, mend: string): never => {
    throw new ValueError({ where: 'fit, resume', problem, expected: String(expected), got: String(got), mend });
  };
  if (resume.seed !== now.seed) {
    refuse('the run to resume had another seed', resume.seed, now.seed, 'make the model with that seed');
  }
  for (const name of ['epoch', 'batch'] as const) {
    if (Number.isInteger(resume[name]) && resume[name] >= 0) continue;
    refuse(
      `${name} is no position`,
      'an integer, 0 or more',
      resume[name],
      'pass what restoreCheckpoint or model.progress gave',
    );
  }
  if (resume.batch === 0) return;
  const mend = 'give fit the same data and options, or resume from a checkpoint at the end of an epoch';
  for (const [name, words] of WORDS) {
    // A file of an earlier version does not say; a limit that is not there is not saved either.
    const isKnown = resume[name] !== undefined || (name === 'stepsPerEpoch' && resume.batchSize !== undefined);
    if (!isKnown || resume[name] === now[name]) continue;
    refuse(
      `the run to resume had ${words}, and stopped within an epoch`,
      resume[name] ?? 'none',
      now[name] ?? 'none',
      mend,
    );
  }
  const { batchSize = 32, size = Number.POSITIVE_INFINITY, stepsPerEpoch = Number.POSITIVE_INFINITY } = now;
  const steps = Math.min(stepsPerEpoch, Math.ceil(size / batchSize));
  if (resume.batch > steps) refuse('the epoch has fewer batches now', `${resume.batch} or more`, steps, mend);
  const gathered = Object.keys(resume.sums);
  if (gathered.length === figures.length && figures.every((name) => gathered.includes(name))) return;
  refuse(
    'the run to resume measured other figures, and stopped within an epoch',
    gathered.join(', '),
    figures.join(', '),
    mend,
  );
}
