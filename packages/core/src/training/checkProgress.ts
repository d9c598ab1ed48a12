import { ValueError } from '../errors/kinds.js';
import { isRecord } from '../options/checkSerialized.js';
import { describeValue } from '../options/describeValue.js';
import type { FitProgress } from './FitProgress.js';

/** @throws ValueError unless `progress` says where a run stands. */
export function checkProgress(progress: FitProgress, where = 'fit, resume'): void {
  const { seed, epoch, batch, sums, history } = isRecord(progress) ? progress : {};
  // Whether they fit this run is for later.
  const counts = [seed, epoch, batch].every((count) => typeof count === 'number');
  const lists = [sums, history].every(
    (one) => isRecord(one) && Object.values(one).every((list) => Array.isArray(list)),
  );
  if (counts && lists) return;
  throw new ValueError({
    where,
    problem: 'this does not say where a run stands',
    expected: '{ seed, epoch, batch, sums, history }',
    got: describeValue(progress),
    mend: 'pass what restoreCheckpoint gave, or model.progress',
  });
}
