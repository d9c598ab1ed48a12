// `npm start`: from a bare clone to a trained network. `npm start -- --epochs 10` hands its arguments on; without any, three
// epochs show what there is to see in a minute or two.
import { prepare } from './lib/prepare.mjs';
import { attach } from './lib/run.mjs';

const given = process.argv.slice(2);
await prepare();
console.log('');
process.exitCode = await attach({
  command: process.execPath,
  args: ['packages/cli/bin/espalier.js', 'train', 'mnist-cnn', ...(given.length > 0 ? given : ['--epochs', '3'])],
});
