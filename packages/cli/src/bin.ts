import { main } from './main.js';
import { fileProblem } from './run/fileProblem.js';
import { Closing } from './terminal/Closing.js';

const closing = new Closing();

/** 128 + SIGPIPE: what a shell says of a command whose reader left before it was done. */
const READER_LEFT = 141;

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as `head`, closes the pipe; that is no error.
  if (error.code === 'EPIPE' || error.code === 'EIO') {
    closing.closed(READER_LEFT, () => process.exit(0));
    return;
  }
  const problem = fileProblem(error, 'standard output');
  process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
  closing.closed(1, () => process.exit(1));
});
// A terminal that was closed takes no more errors, and training has yet to save.
process.stderr.on('error', () => {});

const { stdout, stderr, env } = process;
process.exitCode = await main(process.argv.slice(2), { stdout, stderr, env, closing });
// After a signal, what still loads is of no use.
if (process.exitCode > 128) process.exit();
