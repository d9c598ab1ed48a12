import { describeBackend } from '../run/activate.js';
import { firstOf } from '../run/ModelInputs.js';
import { predictExamples } from '../run/predictExamples.js';
import type { RunDirectory } from '../run/RunDirectory.js';
import type { RunManifest } from '../run/RunManifest.js';
import type { RunData } from '../run/runData.js';
import type { TrainingOutcome, TrainingSession } from '../run/TrainingSession.js';
import { commandLine } from '../terminal/commandLine.js';
import { renderFacts } from '../terminal/facts.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output, OutputEvent } from '../terminal/Output.js';
import { showPredictions } from '../terminal/showPredictions.js';
import { oneLine } from '../terminal/width.js';
import { figureRows } from './figureRows.js';

/** How many examples of the test set are shown after training. */
const SHOWN = 4;

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
  { test, shown, preparation }: RunData,
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
  output.print(['', ...renderFacts(rows, { style, width }), '']);

  const { examples, labels } = firstOf(shown, SHOWN);
  const probabilities = await predictExamples({ model, preparation }, recipe, examples, run.path);
  const predictions = examples.map((example, i) => ({
    example,
    label: labels[i]!,
    name: '',
    probabilities: probabilities[i]!,
    notes: [],
  }));
  showPredictions(predictions, recipe, output);

  output.print(['', `The run is in ${style.bold(oneLine(run.path))}. What to try next:`]);
  output.command(commandLine('evaluate', run.path));
  output.command(`${commandLine('predict', run.path)} ${recipe.sampleInput}`);
  output.command(commandLine('train', '--resume', run.path, '--epochs', String(2 * settings.epochs)));
}
