import { backends } from '../backends.js';
import type { Recipe } from '../recipes/Recipe.js';
import { activate, describeBackend } from '../run/activate.js';
import { Interruption, isInterrupted } from '../run/Interruption.js';
import { preparationOf } from '../run/loadTrained.js';
import { type RunData, runData } from '../run/runData.js';
import { TrainingSession } from '../run/TrainingSession.js';
import { planNew, planResume, resultOf, type TrainFlags, type TrainPlan } from '../run/TrainPlan.js';
import { commandLine } from '../terminal/commandLine.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output } from '../terminal/Output.js';
import { reportTraining, resultEvent } from './reportTraining.js';

/**
 * `espalier train`: trains a recipe, or goes on with a run, and shows what came out.
 * @returns The exit code.
 */
export async function train(recipe: Recipe | undefined, flags: TrainFlags, output: Output): Promise<number> {
  const plan =
    flags.resume === undefined
      ? await planNew(recipe!, flags, backends[0]!.name)
      : await planResume(flags.resume, recipe, flags);
  if (isDone(plan)) return sayFinished(plan, output);
  const { yellow } = output.style;
  const interruption = new Interruption({
    first: () => output.print(yellow('\nStopping after this step, to save.')),
    second: () => output.print(yellow('It is being saved; once more ends without.')),
  });
  const giveBack = output.closing.takeOver((exitCode) => interruption.stop(exitCode));
  try {
    return await run(plan, flags, output, interruption.signal);
  } finally {
    plan.resumed?.run.release();
    giveBack();
    interruption.dispose();
  }
}

async function run(planned: TrainPlan, flags: TrainFlags, output: Output, signal: AbortSignal): Promise<number> {
  const plan = await claim(planned, flags);
  if (isDone(plan)) return sayFinished(plan, output);
  const { recipe, settings } = plan;
  const { style } = output;
  output.print(`${style.bold(recipe.name)}  ${style.dim(recipe.title)}`);
  const backend = await activate({}, settings, plan.resumed?.run.storage.locate('run.json') ?? '--backend');
  const start = performance.now();
  let data: RunData;
  try {
    data = await orStopped(load(plan, signal), signal);
  } catch (error) {
    return stopped(error, undefined, output);
  }
  output.print(
    style.dim(`${describeBackend(backend)}; data loaded in ${duration((performance.now() - start) / 1000)}`),
  );
  const session = await TrainingSession.begin(plan, data, backend, flags.out);
  try {
    introduce(session, data, output);
    output.event({
      event: plan.resumed === undefined ? 'start' : 'resume',
      recipe: recipe.name,
      run: session.run.path,
      settings,
      backend,
      parameters: session.model.countParameters().total,
      trainExamples: data.train.size,
      testExamples: data.test.size,
    });
    const outcome = await session.train(output, signal);
    output.event(resultEvent(outcome.manifest, outcome.run));
    await reportTraining(session, outcome, data, output);
    return 0;
  } catch (error) {
    return stopped(error, session.run.path, output);
  } finally {
    session.run.release();
    session.model.dispose();
  }
}

/** Takes the lock of a run that goes on, and reads once more what another process may have changed until then. */
async function claim(plan: TrainPlan, flags: TrainFlags): Promise<TrainPlan> {
  if (plan.resumed === undefined) return plan;
  const { run } = plan.resumed;
  await run.claim();
  const now = await planResume(run.path, plan.recipe, flags);
  return { ...now, resumed: { run, manifest: now.resumed!.manifest } };
}

async function load(plan: TrainPlan, signal: AbortSignal): Promise<RunData> {
  const { recipe, settings, resumed, startFrom } = plan;
  const begun = resumed !== undefined && resumed.manifest.status !== 'starting' ? { ...resumed, recipe } : startFrom;
  // What is missing is said before the data is loaded, which takes longest.
  const known = begun === undefined ? undefined : await preparationOf(begun);
  return runData(recipe, await recipe.load({ ...settings, signal }), settings, known);
}

/** The work, or the reason why it was stopped: what loads data cannot always be stopped itself. */
function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, (error: unknown) => reject(signal.aborted ? (signal.reason as Error) : error));
  });
}

function introduce(
  { plan, run, resumedAt, model }: TrainingSession,
  data: { train: { size: number }; test: { size: number } },
  output: Output,
) {
  const { epochs, batchSize } = plan.settings;
  const { style } = output;
  const { train, test } = data;
  const parameters = count(model.countParameters().total);
  const sizes = `${count(train.size)} examples to train on, ${count(test.size)} to test on`;
  output.print(`${parameters} parameters, ${sizes}, batches of ${batchSize}`);
  if (plan.startFrom !== undefined)
    output.print(style.cyan(`It begins with the weights of ${plan.startFrom.run.path}.`));
  if (resumedAt !== undefined) {
    const { epoch, batch } = resumedAt;
    output.print(style.cyan(`Going on with ${run.path} after ${epoch} of ${epochs} epochs and ${batch} steps.`));
  }
  output.print();
}

/** Says how to go on after an interruption; other errors pass. */
function stopped(error: unknown, run: string | undefined, output: Output): number {
  if (!isInterrupted(error)) throw error;
  const command = run === undefined ? undefined : commandLine('train', '--resume', run);
  output.event({ event: 'interrupted', ...(run !== undefined && { run, resume: command }) });
  if (command === undefined) output.print('Stopped before training began; nothing was kept.');
  else {
    output.print(`Stopped; the state is saved in ${run}. To go on:`);
    output.command(command);
  }
  return error.exitCode;
}

function isDone({ settings, resumed }: TrainPlan): boolean {
  return resumed?.manifest.status === 'finished' && resumed.manifest.settings.epochs >= settings.epochs;
}

function sayFinished({ resumed }: TrainPlan, output: Output): number {
  const { run, manifest } = resumed!;
  const { epochs } = manifest.settings;
  resultOf(manifest, run.storage.locate('run.json'));
  output.event(resultEvent(manifest, run));
  output.print(`${run.path} is finished: all its ${epochs} epochs are trained. To train it for longer:`);
  output.command(commandLine('train', '--resume', run.path, '--epochs', String(2 * epochs)));
  return 0;
}
