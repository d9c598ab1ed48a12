/** Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost 1 each. */
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const substitution = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, rows[i - 1]![j - 1]! + substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      }
      rows[i]![j] = best;
    }
  }
  return rows[a.length]![b.length]!;
}

/**
 * The names nearest to a mistyped one, nearest first; names that share nothing with it are left out.
 *
 * @example
 * ```ts
 * import { nearestNames } from '@espalier/core';
 *
 * if (nearestNames('mnist-cn', ['mnist-cnn', 'spam-lstm'])[0] !== 'mnist-cnn') throw new Error('no suggestion');
 * ```
 */
export function nearestNames(name: string, known: Iterable<string>, most = 3): string[] {
  const wanted = name.toLowerCase();
  return [...known]
    .map((candidate) => {
      const lower = candidate.toLowerCase();
      const related = wanted.length > 1 && (lower.includes(wanted) || wanted.includes(lower));
      return { candidate, distance: related ? 1 : editDistance(wanted, lower) };
    })
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 2)))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/** The sentence for `mend`: the nearest names if any come near, else all of them. */
export function suggestNames(name: string, known: Iterable<string>): string {
  const all = [...known];
  const near = nearestNames(name, all);
  return near.length > 0 ? `did you mean ${near.map((n) => `'${n}'`).join(' or ')}?` : `known: ${all.join(', ')}`;
}
