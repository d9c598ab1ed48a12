/**
 * @typedef {object} Violation
 * @property {string} file relative to the root
 * @property {number} [line]
 * @property {string} problem what is wrong, and how to mend it
 *
 * @typedef {object} Verdict
 * @property {string} checked what was looked at, with a count: '83 files'
 * @property {Violation[]} violations
 * @property {string} [table] figures worth reading when nothing is wrong
 *
 * A guard is a module of scripts/guards with these two exports. It takes the root, so that its test can plant a
 * violation in a copy of the workspace and see it fire.
 * @typedef {object} Guard
 * @property {string} title
 * @property {(root: string) => Verdict | Promise<Verdict>} check
 */

/** @param {Violation} violation */
export const showViolation = ({ file, line, problem }) => `${file}${line === undefined ? '' : `:${line}`}  ${problem}`;

/** @param {string[][]} rows @param {string} [indent] the first column is text, the others are figures */
export function showTable(rows, indent = '  ') {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map(
      (row) =>
        indent +
        row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
    )
    .join('\n');
}
