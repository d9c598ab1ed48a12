import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEspalierError, Rng } from '@espalier/core';
import { mutate } from './mutate.js';
import { startWatchdog } from './watchdog.js';

/** A reader of files and the limits that it keeps on whatever it is given. */
export interface FuzzTarget {
  /** What reports and failures speak of: `png`. */
  readonly name: string;
  /** Valid files, or texts, small and different from each other; the mutants are made of them. */
  readonly corpus: readonly (Uint8Array | string)[];
  /** Reads one file. May throw, or reject, an error of Espalier; anything else that it throws is a fault. */
  run(bytes: Uint8Array): unknown;
  /** Which errors are right. Default: those of Espalier. */
  readonly expects?: (error: unknown) => boolean;
  /** Processor time that one run may take. Default 1000; a run that has not returned after 30 times that ends the process. */
  readonly maxMilliseconds?: number;
  /** What one run may add to the memory of the process. Default 256 MiB. */
  readonly maxBytes?: number;
  /** How many mutants. Default `$ESPALIER_FUZZ_MUTANTS`, else 300. */
  readonly mutants?: number;
  /** Default `$ESPALIER_FUZZ_SEED`, else 1. */
  readonly seed?: number;
}

/** What became of the mutants. */
export interface FuzzReport {
  readonly mutants: number;
  /** Read without an error. */
  readonly read: number;
  /** Refused with the right kind of error. */
  readonly refused: number;
  /** The most processor time of one run. */
  readonly slowestMilliseconds: number;
  /** One line a fault, which ends with where the mutant was written to. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 20;

/**
 * Gives a reader mutants of valid files and looks at each run: its time, its memory, the kind of its error. Each mutant
 * depends on the seed and its number alone. `$ESPALIER_FUZZ_ONLY` runs the one of that number.
 *
 * Fails after all have run, with the faults in its message; a run that never returns ends the process, with a line on the
 * error output. The mutants at fault are kept in `.cache/fuzz`.
 */
export async function fuzz(target: FuzzTarget): Promise<FuzzReport> {
  const { name, run, expects = (error) => isEspalierError(error), maxMilliseconds = 1000, maxBytes = 2 ** 28 } = target;
  const mutants = target.mutants ?? Number(process.env['ESPALIER_FUZZ_MUTANTS'] ?? 300);
  const seed = target.seed ?? Number(process.env['ESPALIER_FUZZ_SEED'] ?? 1);
  const only = process.env['ESPALIER_FUZZ_ONLY'];
  const corpus = target.corpus.map((file) => (typeof file === 'string' ? new TextEncoder().encode(file) : file));
  const source = new Rng(seed).fork(name);
  const faults: string[] = [];
  let [read, refused, slowest] = [0, 0, 0];
  for (const [index, file] of corpus.entries()) {
    try {
      await run(file.slice());
    } catch (error) {
      throw new Error(`fuzz ${name}: file ${index} of the corpus is refused`, { cause: error });
    }
  }
  const watchdog = startWatchdog(name, 30 * maxMilliseconds);
  try {
    for (let index = 0; index < mutants && faults.length < MOST_FAULTS; index++) {
      if (only !== undefined && Number(only) !== index) continue;
      const bytes = mutate(corpus, source.fork(index));
      const before = { peak: process.resourceUsage().maxRSS, now: process.memoryUsage.rss(), cpu: process.cpuUsage() };
      watchdog.watch(index);
      const error = await outcome(run, bytes.slice());
      watchdog.rest();
      const { user, system } = process.cpuUsage(before.cpu);
      const milliseconds = (user + system) / 1000;
      const peak = process.resourceUsage().maxRSS;
      const grown = peak > before.peak ? peak * 1024 - before.now : 0;
      slowest = Math.max(slowest, milliseconds);
      if (error === undefined) read++;
      else if (expects(error.thrown)) refused++;
      else fault(index, bytes, `threw ${described(error.thrown)}`);
      if (milliseconds > maxMilliseconds)
        fault(index, bytes, `took ${milliseconds.toFixed(0)} ms of ${maxMilliseconds}`);
      if (grown > maxBytes) fault(index, bytes, `took ${(grown / 2 ** 20).toFixed(0)} MiB of ${maxBytes / 2 ** 20}`);
    }
  } finally {
    await watchdog.stop();
  }
  if (faults.length > 0) throw new Error(`fuzz ${name}, seed ${seed}: ${faults.length} faults\n${faults.join('\n')}`);
  const report = { mutants, read, refused, slowestMilliseconds: slowest, faults };
  if (process.env['ESPALIER_FUZZ_MUTANTS'] !== undefined) {
    console.log(
      `fuzz ${name}, seed ${seed}: ${mutants} mutants, ${read} read, ${refused} refused, slowest ${slowest.toFixed(0)} ms`,
    );
  }
  return report;

  function fault(index: number, bytes: Uint8Array, what: string): void {
    mkdirSync('.cache/fuzz', { recursive: true });
    const kept = join('.cache/fuzz', `${name.replaceAll(/\W+/g, '-')}-${seed}-${index}`);
    writeFileSync(kept, bytes);
    faults.push(`mutant ${index} (${bytes.length} bytes) ${what}: ${kept}`);
  }
}

async function outcome(run: FuzzTarget['run'], bytes: Uint8Array): Promise<{ thrown: unknown } | undefined> {
  try {
    await run(bytes);
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${error.name}: ${error.message.split('\n')[0]}${place === undefined ? '' : ` (${place.trim()})`}`;
}
