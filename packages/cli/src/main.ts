import { isEspalierError } from '@espalier/core';
import { CommanderError } from 'commander';
import { makeProgram } from './program.js';
import { Output } from './terminal/Output.js';
import { styleFor } from './terminal/style.js';

/** The exit code of a command that was typed wrongly. */
const USAGE = 2;

/**
 * Runs the command line.
 *
 * @param args What follows the command's own name.
 * @returns The exit code: 0, 1 after an error, 2 where the command was typed wrongly, 130 after Ctrl-C.
 */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that has seen enough, such as `head`, closes the pipe; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const json = args.includes('--json');
  let exitCode = 0;
  const program = makeProgram(
    (wanted) => new Output(wanted),
    (code) => {
      exitCode = code;
    },
  );
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .showHelpAfterError(false)
      .configureOutput({ writeErr: () => {} });
  }
  try {
    if (args.length === 0) {
      process.stderr.write(program.helpInformation());
      return USAGE;
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, json);
    reportError(error, json, args.includes('--debug') || !!process.env.ESPALIER_DEBUG);
    return 1;
  }
}

function endOfParsing(error: CommanderError, json: boolean): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  if (json) new Output(true).event({ event: 'error', kind: 'UsageError', message });
  printError(`${message}\nTry --help.`);
  return USAGE;
}

/** Says what went wrong: our own errors explain themselves, and a stack helps only who works on the code. */
function reportError(error: unknown, json: boolean, debug: boolean): void {
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    const known = isEspalierError(error) ? { kind: error.kind, message, ...withoutCause(error.parts) } : undefined;
    new Output(true).event({ event: 'error', ...(known ?? { kind: 'Error', message }) });
  }
  printError(debug && error instanceof Error ? (error.stack ?? message) : message);
  if (!debug && !isEspalierError(error)) {
    process.stderr.write('This is not an error that espalier expects; --debug shows where it came from.\n');
  }
}

function withoutCause<T extends { readonly cause?: unknown }>({ cause: _, ...parts }: T): Omit<T, 'cause'> {
  return parts;
}

function printError(text: string): void {
  const style = styleFor(process.stderr);
  process.stderr.write(`${style.red(style.bold('error:'))} ${text}\n`);
}
