import { capture } from '../lib/run.mjs';
import { repository } from '../lib/workspace.mjs';

export const title = 'The documentation site builds, without dead links';

/** @param {string} root @returns {Promise<import('../lib/guard.mjs').Verdict>} */
export async function check(root) {
  const cwd = `${root}/apps/docs`;
  const bin = `${repository}/apps/docs/node_modules/.bin`;
  for (const step of [
    { command: `${bin}/typedoc`, args: [] },
    { command: `${bin}/vitepress`, args: ['build'] },
  ]) {
    const { code, output } = await capture(step, { cwd });
    if (code !== 0) return { checked: 'apps/docs', violations: [{ file: 'apps/docs', problem: output.trim() }] };
  }
  return { checked: 'apps/docs', violations: [] };
}
