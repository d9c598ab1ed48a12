import { isEspalierError } from '@espalier/core';
import { CommanderError } from 'commander';
import { makeProgram } from './program.js';
import { Output, type OutputStream } from './terminal/Output.js';
import { styleFor } from './terminal/style.js';

/** The exit code of a command that was typed wrongly. */
const USAGE = 2;

/** What a command talks to: the process itself, or stand-ins. */
export interface MainIo {
  /** Where results go. */
  readonly stdout: OutputStream;
  /** Where everything else goes: progress, hints, errors. */
  readonly stderr: OutputStream;
  /** The environment variables; `NO_COLOR` and `ESPALIER_DEBUG` are read. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Runs the command line.
 *
 * @param args What follows the command's own name.
 * @returns The exit code: 0, 1 after an error, 2 where the command was typed wrongly, 130 after Ctrl-C.
 */
export async function main(args: readonly string[], io: MainIo = process): Promise<number> {
  const output = (json: boolean) => new Output(json, io.stdout, io.stderr, io.env);
  const json = args.includes('--json');
  let exitCode = 0;
  const program = makeProgram(output, (code) => {
    exitCode = code;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} });
  }
  if (args.length === 0) {
    io.stderr.write(program.helpInformation());
    return USAGE;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, output(json), io);
    reportError(error, args.includes('--debug') || !!io.env.ESPALIER_DEBUG, output(json), io);
    return 1;
  }
}

function endOfParsing(error: CommanderError, output: Output, io: MainIo): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  output.event({ event: 'error', kind: 'UsageError', message });
  printError(`${message}\nTry --help.`, io);
  return USAGE;
}

/** Says what went wrong: our own errors explain themselves, and a stack helps only who works on the code. */
function reportError(error: unknown, debug: boolean, output: Output, io: MainIo): void {
  const message = error instanceof Error ? error.message : String(error);
  const known = isEspalierError(error) ? { kind: error.kind, message, ...withoutCause(error.parts) } : undefined;
  output.event({ event: 'error', ...(known ?? { kind: 'Error', message }) });
  printError(debug && error instanceof Error ? (error.stack ?? message) : message, io);
  if (!debug && known === undefined) {
    io.stderr.write('This is not an error that espalier expects; --debug shows where it came from.\n');
  }
}

function withoutCause<T extends { readonly cause?: unknown }>({ cause: _, ...parts }: T): Omit<T, 'cause'> {
  return parts;
}

function printError(text: string, { stderr, env }: MainIo): void {
  const style = styleFor(stderr, env);
  stderr.write(`${style.red(style.bold('error:'))} ${text}\n`);
}
