// `npm start`: from a bare clone to a trained network. `npm start -- --epochs 1` hands its arguments on.
import { prepare } from './lib/prepare.mjs';
import { attach } from './lib/run.mjs';

await prepare();
console.log('');
process.exitCode = await attach({
  command: process.execPath,
  args: ['packages/cli/bin/espalier.js', 'train', 'mnist-cnn', ...process.argv.slice(2)],
});
