import { DataError } from '@espalier/core';
import type { Argument } from '../inputs/InputKind.js';
import { isStandardInput } from '../inputs/readBytes.js';
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
  /** Inputs that are texts, whatever they look like. */
  readonly text?: readonly string[];
  readonly maxMegabytes: number;
}

/** `espalier predict`: what a trained run makes of files or texts. */
export async function predict(
  path: string,
  inputs: readonly string[],
  flags: PredictFlags,
  output: Output,
): Promise<number> {
  const opened = await openRun(path);
  const { recipe, manifest, run } = opened;
  const { index, limit } = flags;
  const options = { index, limit, maxBytes: flags.maxMegabytes * 2 ** 20 };
  const list: readonly Argument[] = [
    ...inputs.map((value) => ({ value, isText: false })),
    ...(flags.text ?? []).map((value) => ({ value, isText: true })),
  ];
  requireOneStandardInput(inputs);
  const read = [];
  for (const one of list) {
    for (const { name, raw, notes = [] } of await recipe.input.read(one, options)) {
      const example = recipe.see(raw);
      if (recipe.input.isEmpty?.(example)) throw emptyText(name);
      read.push({ name, example, notes: [...(recipe.input.notes?.(example) ?? []), ...notes] });
    }
  }
  await activate(flags, manifest.settings, run.storage.locate('run.json'));
  const trained = await loadTrained(opened);
  const examples = read.map(({ example }) => example);
  const probabilities = await predictExamples(trained, recipe, examples, trained.weightsFile);
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

function emptyText(name: string): DataError {
  return new DataError({
    where: name === '' ? 'predict' : name,
    problem: 'the text is empty',
    mend: 'give a text with words in it',
  });
}

function requireOneStandardInput(inputs: readonly string[]): void {
  if (inputs.filter(isStandardInput).length < 2) return;
  throw new DataError({
    where: 'predict',
    problem: "standard input can be read once only, and '-' is given more often",
    mend: "give '-' once",
  });
}
