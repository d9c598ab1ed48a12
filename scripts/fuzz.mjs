// `npm run fuzz`: the tests named `*.fuzz.test.ts` with many mutants. Words choose among them by their names.
import { attach } from './lib/run.mjs';

const { options, words } = read(process.argv.slice(2));
const env = {
  ...process.env,
  ESPALIER_FUZZ_MUTANTS: options.get('mutants') ?? '10000',
  ...(options.has('seed') && { ESPALIER_FUZZ_SEED: options.get('seed') }),
  ...(options.has('only') && { ESPALIER_FUZZ_ONLY: options.get('only') }),
};
const filters = words.length > 0 ? words.map((word) => `${word}.fuzz.test.ts`) : ['.fuzz.test.ts'];
const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'tests', '--testTimeout=0', ...filters];
process.exitCode = await attach({ command: process.execPath, args }, { env });

/** `--name value`, and what stands alone. @param {string[]} args */
function read(args) {
  /** @type {Map<string, string>} */
  const options = new Map();
  /** @type {string[]} */
  const words = [];
  for (let i = 0; i < args.length; i++) {
    const name = /^--(mutants|seed|only)$/.exec(args[i] ?? '')?.[1];
    if (name === undefined) words.push(args[i] ?? '');
    else options.set(name, args[++i] ?? '');
  }
  return { options, words };
}
