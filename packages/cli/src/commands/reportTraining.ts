import type { RecipeData } from '../recipes/Recipe.js';
import { describeBackend } from '../run/activate.js';
import { predictExamples } from '../run/predictExamples.js';
import type { RunDirectory } from '../run/RunDirectory.js';
import type { RunManifest } from '../run/RunManifest.js';
import type { TrainingOutcome, TrainingSession } from '../run/TrainingSession.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output, OutputEvent } from '../terminal/Output.js';
import { shellWord } from '../terminal/shellWord.js';
import { showPredictions } from '../terminal/showPredictions.js';
import { renderTable } from '../terminal/table.js';
import { figureRows } from './figureRows.js';

/** The event that ends training. */
export function resultEvent(
  { recipe, backend, settings, trainSeconds, result }: RunManifest,
  run: RunDirectory,
): OutputEvent {
  return { event: 'result', recipe, backend, epochs: settings.epochs, trainSeconds, ...result, run: run.path };
}

/** What people see at the end of training: the figures, some examples, and what to try next. */
export async function reportTraining(
  { plan, model }: TrainingSession,
  { run, manifest, steps, stepsHere, secondsHere }: TrainingOutcome,
  { test, examples, preparation }: RecipeData<unknown>,
  output: Output,
): Promise<void> {
  const { style, width } = output;
  const { recipe, settings } = plan;
  const rows = [
    ...figureRows(manifest.result ?? {}),
    ['measured on', `${count(test.size)} test examples`],
    ['trained', `${count(settings.epochs)} epochs, ${count(steps)} steps`],
    [
      'time',
      `${duration(manifest.trainSeconds)}${stepsHere > 0 ? `, ${(stepsHere / secondsHere).toFixed(1)} steps/s` : ''}`,
    ],
    ['backend', describeBackend(manifest.backend)],
  ];
  output.print(['', ...renderTable(rows, { style, width }), '']);

  const probabilities = await predictExamples(
    { model, preparation },
    recipe,
    examples.map(({ example }) => example),
  );
  const predictions = examples.map((one, i) => ({ ...one, name: '', probabilities: probabilities[i]!, notes: [] }));
  showPredictions(predictions, recipe, output);

  const path = shellWord(run.path);
  output.print(['', `The run is in ${style.bold(run.path)}. What to try next:`]);
  output.print([
    `  npx espalier evaluate ${path}`,
    `  npx espalier predict ${path} ${recipe.sampleInput}`,
    `  npx espalier train --resume ${path} --epochs ${2 * settings.epochs}`,
  ]);
}
