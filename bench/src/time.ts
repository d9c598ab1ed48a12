/** What a contender prints, as one line of JSON. */
export interface Timing {
  /** Median milliseconds a step. */
  readonly median: number;
  /** How many steps the median is of. */
  readonly steps: number;
  readonly version: string;
  readonly threads: number;
}

const STEPS = Number(process.env.BENCH_STEPS ?? 30);
/** A step's JavaScript is compiled for speed only after hundreds of calls. */
const WARM_UP = Math.min(20, STEPS);
const WARM_UP_MS = 1_000;
/** A contender that is slower than this in all gives a median of fewer steps. */
const PATIENCE_MS = 30_000;
/** Where the very first step takes longer than this, warming up is a small part of it, and it is the figure. */
const ENDLESS_MS = 15_000;

/** The median of 30 steps after at least 20 and a second for warming up; of fewer (at least 3) where half a minute is not enough. */
export async function time(step: () => Promise<unknown> | unknown): Promise<{ median: number; steps: number }> {
  const start = performance.now();
  const late = () => performance.now() - start > PATIENCE_MS;
  await step();
  const first = performance.now() - start;
  if (first > ENDLESS_MS) return { median: first, steps: 1 };
  for (let i = 1; (i < WARM_UP || performance.now() - start < WARM_UP_MS) && !late(); i++) await step();
  const times: number[] = [];
  while (times.length < STEPS && !(times.length >= 3 && late())) {
    const before = performance.now();
    await step();
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  return { median: times[Math.floor(times.length / 2)]!, steps: times.length };
}

/** Says it to the process that compares. */
export function report(timing: Timing): void {
  console.log(JSON.stringify(timing));
}
