import { activate } from '../run/activate.js';
import { loadTrained, openRun } from '../run/loadTrained.js';
import { predictExamples } from '../run/predictExamples.js';
import type { Output } from '../terminal/Output.js';
import { likeliest, showPredictions } from '../terminal/showPredictions.js';

/** What `espalier predict` takes. */
export interface PredictFlags {
  readonly backend?: string;
  readonly threads?: number;
  readonly index?: number;
  readonly limit: number;
}

/** `espalier predict`: what a trained run makes of files or texts. */
export async function predict(
  path: string,
  inputs: readonly string[],
  flags: PredictFlags,
  output: Output,
): Promise<number> {
  const opened = await openRun(path);
  const { recipe, manifest } = opened;
  const { index, limit } = flags;
  const read = (await Promise.all(inputs.map((one) => recipe.input.read(one, { index, limit })))).flat();
  await activate(flags.backend ?? manifest.settings.backend, flags.threads ?? manifest.settings.threads);
  const trained = await loadTrained(opened);
  const probabilities = await predictExamples(
    trained,
    recipe,
    read.map(({ example }) => example),
  );
  trained.model.dispose();
  const predictions = read.map((one, i) => ({ ...one, probabilities: probabilities[i]! }));
  for (const { name, probabilities, notes } of predictions) {
    const best = likeliest(probabilities);
    output.event({
      event: 'prediction',
      input: name,
      label: recipe.classes[best],
      probability: probabilities[best],
      probabilities: Object.fromEntries(recipe.classes.map((label, i) => [label, probabilities[i]])),
      ...(notes.length > 0 && { notes }),
    });
  }
  if (!output.json) showPredictions(predictions, recipe, output);
  return 0;
}
