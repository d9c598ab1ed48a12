import { activate, describeBackend } from '../run/activate.js';
import { loadTrained, openRun } from '../run/loadTrained.js';
import { count, duration } from '../terminal/numbers.js';
import type { Output } from '../terminal/Output.js';
import { rounded } from '../terminal/TrainingProgress.js';
import { renderTable } from '../terminal/table.js';
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
  const { recipe, manifest } = opened;
  const { settings } = manifest;
  const backend = await activate(flags.backend ?? settings.backend, flags.threads ?? settings.threads);
  const { model, preparation, weightsFrom } = await loadTrained(opened);
  const data = await recipe.data({
    seed: settings.seed,
    // Only the test data counts, and what was learned from the training data is known already.
    limitTrain: 1,
    limitTest: flags.limitTest ?? settings.limitTest ?? undefined,
    preparation,
  });
  model.compile({ optimizer: recipe.optimizer(settings.learningRate), loss: recipe.loss, metrics: recipe.metrics });
  const start = performance.now();
  const result = await model.evaluate(data.test, { batchSize: flags.batchSize ?? settings.batchSize });
  const seconds = (performance.now() - start) / 1000;
  model.dispose();
  output.event({
    event: 'result',
    recipe: recipe.name,
    backend,
    examples: data.test.size,
    seconds: rounded(seconds),
    ...result,
    run: opened.run.path,
  });
  const rows = [
    ...figureRows(result),
    ['measured on', `${count(data.test.size)} test examples, in ${duration(seconds)}`],
    ['weights', weightsFrom],
    ['backend', describeBackend(backend)],
  ];
  output.print(renderTable(rows, output));
  return 0;
}
