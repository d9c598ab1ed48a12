import { backends } from '../backends.js';
import type { Recipe } from '../recipes/Recipe.js';
import { activate, describeBackend } from '../run/activate.js';
import { Interruption, isInterrupted } from '../run/Interruption.js';
import { TrainingSession } from '../run/TrainingSession.js';
import { planNew, planResume, resultOf, type TrainFlags, type TrainPlan } from '../run/TrainPlan.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output } from '../terminal/Output.js';
import { shellWord } from '../terminal/shellWord.js';
import { reportTraining, resultEvent } from './reportTraining.js';

/**
 * `espalier train`: trains a recipe, or goes on with a run, and shows what came out.
 * @returns The exit code.
 */
export async function train(recipe: Recipe | undefined, flags: TrainFlags, output: Output): Promise<number> {
  const plan =
    flags.resume === undefined
      ? planNew(recipe!, flags, backends[0]!.name)
      : await planResume(flags.resume, recipe, flags);
  if (isDone(plan)) return sayFinished(plan, output);
  const interruption = new Interruption(() => {
    output.print(output.style.yellow('\nStopping after this step; once more Ctrl-C kills.'));
  });
  try {
    return await run(plan, flags.out, output, interruption.signal);
  } finally {
    interruption.dispose();
  }
}

async function run(plan: TrainPlan, out: string | undefined, output: Output, signal: AbortSignal): Promise<number> {
  const { recipe, settings } = plan;
  const { style } = output;
  output.print(`${style.bold(recipe.name)}  ${style.dim(recipe.title)}`);
  const backend = await activate(settings.backend, settings.threads);
  const start = performance.now();
  const data = await recipe.data({
    seed: settings.seed,
    limitTrain: settings.limitTrain ?? undefined,
    limitTest: settings.limitTest ?? undefined,
    preparation: await plan.resumed?.run.preparation(),
    signal,
  });
  output.print(
    style.dim(`${describeBackend(backend)}; data loaded in ${duration((performance.now() - start) / 1000)}`),
  );
  if (signal.aborted) return stopped(signal.reason, undefined, output);
  const session = await TrainingSession.begin(plan, data, backend, out);
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
    session.model.dispose();
  }
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
  if (resumedAt !== undefined) {
    const { epoch, batch } = resumedAt;
    output.print(style.cyan(`Going on with ${run.path} after ${epoch} of ${epochs} epochs and ${batch} steps.`));
  }
  output.print();
}

/** Says how to go on after an interruption; other errors pass. */
function stopped(error: unknown, run: string | undefined, output: Output): number {
  if (!isInterrupted(error)) throw error;
  const command = run === undefined ? undefined : `espalier train --resume ${shellWord(run)}`;
  output.event({ event: 'interrupted', ...(run !== undefined && { run, resume: command }) });
  output.print(
    command === undefined
      ? 'Stopped before training began; nothing was kept.'
      : `Stopped; the state is saved in ${run}. To go on:\n  ${command}`,
  );
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
  output.print(`  espalier train --resume ${shellWord(run.path)} --epochs ${2 * epochs}`);
  return 0;
}
