import { capture } from '../lib/run.mjs';
import { repository } from '../lib/workspace.mjs';

export const title = 'Biome finds nothing to say';

/** @param {string} root @returns {Promise<import('../lib/guard.mjs').Verdict>} */
export async function check(root) {
  const { output, stdout } = await capture(
    {
      command: `${repository}/node_modules/.bin/biome`,
      args: ['check', '--reporter=json', '--max-diagnostics=none', '--error-on-warnings', '.'],
    },
    { cwd: root },
  );
  const start = stdout.indexOf('{');
  if (start < 0) throw new Error(output);
  const { summary, diagnostics } = JSON.parse(stdout.slice(start));
  /** @type {any[]} */
  const serious = diagnostics.filter(
    (/** @type {any} */ { severity }) => severity !== 'info' && severity !== 'information',
  );
  return {
    checked: `${summary.changed + summary.unchanged} files`,
    violations: serious.map(({ location, category, message }) => ({
      file: location?.path ?? '.',
      ...(location?.start?.line > 0 ? { line: location.start.line } : {}),
      problem: `${category}: ${message} (npm run format mends most)`,
    })),
  };
}
