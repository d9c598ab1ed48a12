// Prints one line over several result files: `node scripts/tally.mjs tests guards`. Fails when anything failed.
import { showTally, sumTallies } from './lib/results.mjs';

const tally = sumTallies(process.argv.slice(2));
console.log(showTally(tally));
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;
