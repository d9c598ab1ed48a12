import { activate, describeBackend } from '../run/activate.js';
import { loadTrained, openRun } from '../run/loadTrained.js';
import { firstOf, ModelInputs } from '../run/ModelInputs.js';
import { requireFinite } from '../run/requireFinite.js';
import { renderFacts } from '../terminal/facts.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output } from '../terminal/Output.js';
import { rounded } from '../terminal/TrainingProgress.js';
import { figureRows } from './figureRows.js';

/** What `espalier evaluate` takes; what is left out is as in training. */
export interface EvaluateFlags {
  readonly backend?: string;
  readonly threads?: number;
  readonly batchSize?: number;
  readonly limitTest?: number;
}

/** `espalier evaluate`: measures a run on the test set of its recipe. */
export async function evaluate(path: string, flags: EvaluateFlags, output: Output): Promise<number> {
  const opened = await openRun(path);
  const { recipe, manifest, run } = opened;
  const { settings } = manifest;
  const backend = await activate(flags, settings, run.storage.locate('run.json'));
  const { model, preparation, weightsFrom, weightsFile } = await loadTrained(opened);
  const limitTest = flags.limitTest ?? settings.limitTest;
  const { test } = await recipe.load({ seed: settings.seed, limitTrain: 0, limitTest });
  const inputs = ModelInputs.labelled(recipe, firstOf(test, limitTest), preparation);
  model.compile({ optimizer: recipe.optimizer(settings.learningRate), loss: recipe.loss, metrics: recipe.metrics });
  const start = performance.now();
  const result = await model.evaluate(inputs.dataset, { batchSize: flags.batchSize ?? settings.batchSize });
  const seconds = (performance.now() - start) / 1000;
  model.dispose();
  requireFinite(result, weightsFile);
  output.event({
    event: 'result',
    recipe: recipe.name,
    backend,
    examples: inputs.size,
    seconds: rounded(seconds),
    ...result,
    run: run.path,
  });
  const rows = [
    ...figureRows(result),
    ['measured on', `${count(inputs.size)} test examples, in ${duration(seconds)}`],
    ['weights', weightsFrom],
    ['backend', describeBackend(backend)],
  ];
  output.print(renderFacts(rows, output));
  return 0;
}
