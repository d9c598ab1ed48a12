import { type EspalierError, isEspalierError } from '@espalier/core';
import { CommanderError } from 'commander';
import { errorText } from './errorText.js';
import { makeProgram } from './program.js';
import { fileProblem } from './run/fileProblem.js';
import type { Closing } from './terminal/Closing.js';
import { COMMAND } from './terminal/commandLine.js';
import { Output, type OutputStream } from './terminal/Output.js';
import { safeText } from './terminal/safeText.js';
import { styleFor } from './terminal/style.js';
import { wrapText } from './terminal/wrap.js';

/** The exit code of a command that was typed wrongly. */
const USAGE = 2;

/** What a command talks to: the process itself, or stand-ins. */
export interface MainIo {
  /** Where results go. */
  readonly stdout: OutputStream;
  /** Where everything else goes: progress, hints, errors. */
  readonly stderr: OutputStream;
  /** The environment variables; `NO_COLOR`, `TERM`, `CI` and `ESPALIER_DEBUG` are read. */
  readonly env: NodeJS.ProcessEnv;
  /** Told when nobody reads standard output any more. */
  readonly closing?: Closing;
}

/**
 * Runs the command line.
 *
 * @param args What follows the command's own name.
 * @returns The exit code: 0, 1 after an error, 2 where the command was typed wrongly, 128 + n after signal n.
 */
export async function main(args: readonly string[], io: MainIo = process): Promise<number> {
  const output = (json: boolean) => new Output(json, io);
  const json = args.includes('--json');
  let exitCode = 0;
  const program = makeProgram(output, (code) => {
    exitCode = code;
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => output(false).width,
      getOutHasColors: () => false,
    });
  }
  if (args.length === 0) {
    io.stderr.write(program.helpInformation());
    return USAGE;
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endOfParsing(error, program.args, output(json), io);
    reportError(error, args.includes('--debug') || !!io.env.ESPALIER_DEBUG, output(json), io);
    return 1;
  }
}

function endOfParsing(error: CommanderError, args: readonly string[], output: Output, io: MainIo): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, '');
  output.event({ event: 'error', kind: 'UsageError', message });
  const [command] = args;
  const known = ['train', 'evaluate', 'predict', 'models', 'datasets', 'backends'].find((name) => name === command);
  printError(`${message}\nExamples: ${COMMAND}${known === undefined ? '' : ` ${known}`} --help`, io);
  return USAGE;
}

/** Says what went wrong: our own errors explain themselves, and a stack helps only who works on the code. */
function reportError(thrown: unknown, debug: boolean, output: Output, io: MainIo): void {
  const error = fileProblem(thrown);
  const message = error instanceof Error ? error.message : String(error);
  const known = isEspalierError(error) ? { kind: error.kind, message, ...withoutCause(error.parts) } : undefined;
  output.event({ event: 'error', ...(known ?? { kind: 'Error', message }) });
  if (debug && thrown instanceof Error) printError(thrown.stack ?? message, io);
  else if (isEspalierError(error)) printKnown(error, io);
  else {
    printError(message, io);
    io.stderr.write('This is not an error that espalier expects; --debug shows where it came from.\n');
  }
}

function withoutCause<T extends { readonly cause?: unknown }>({ cause: _, ...parts }: T): Omit<T, 'cause'> {
  return parts;
}

function printKnown(error: EspalierError, { stderr, env }: MainIo): void {
  const { red, bold } = styleFor(stderr, env);
  stderr.write(`${errorText(error, columnsOf(stderr), 'error: ').replace('error:', red(bold('error:')))}\n`);
}

function printError(text: string, { stderr, env }: MainIo): void {
  const { red, bold } = styleFor(stderr, env);
  const columns = columnsOf(stderr);
  const safe = `error: ${safeText(text)}`;
  stderr.write(`${(columns === undefined ? safe : wrapText(safe, columns)).replace('error:', red(bold('error:')))}\n`);
}

function columnsOf({ isTTY, columns }: OutputStream): number | undefined {
  return isTTY ? columns || 80 : undefined;
}
