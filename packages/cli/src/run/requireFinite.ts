import { CheckpointError } from '@espalier/core';

/** @throws CheckpointError where a figure of a model is NaN or infinite: its weights are of no use. */
export function requireFinite(figures: Readonly<Record<string, number>>, where: string): void {
  const bad = Object.entries(figures).filter(([, value]) => !Number.isFinite(value));
  if (bad.length === 0) return;
  throw new CheckpointError({
    where,
    problem: 'the figures of this model are not finite: its weights are damaged, or its training went astray',
    got: bad.map(([name, value]) => `${name} ${value}`).join(', '),
    mend: 'restore the file from a copy, or train again with a lower --learning-rate',
  });
}
