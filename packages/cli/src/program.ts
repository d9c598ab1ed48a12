import { Command, Option } from 'commander';
import { backends, MOST_THREADS } from './backends.js';
import { type EvaluateFlags, evaluate } from './commands/evaluate.js';
import { listBackends } from './commands/listBackends.js';
import { listDatasets } from './commands/listDatasets.js';
import { listModels } from './commands/listModels.js';
import { type PredictFlags, predict } from './commands/predict.js';
import { train } from './commands/train.js';
import {
  backendOption,
  collected,
  GREATEST_SEED,
  positiveNumber,
  recipeArgument,
  wholeNumber,
} from './commands/values.js';
import type { Recipe } from './recipes/Recipe.js';
import { recipes } from './recipes/recipes.js';
import type { TrainFlags } from './run/TrainPlan.js';
import { COMMAND } from './terminal/commandLine.js';
import type { Output } from './terminal/Output.js';
import { wrapText } from './terminal/wrap.js';
import { version } from './version.js';

/** Makes the command line. `done` gets the exit code of the command that ran. */
export function makeProgram(makeOutput: (json: boolean) => Output, done: (exitCode: number) => void): Command {
  const program = new Command('espalier')
    .description('Train, evaluate and use small neural networks, without writing code.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .option('--debug', 'print the stack of an error (as ESPALIER_DEBUG=1)')
    .addHelpText(
      'after',
      afterHelp(makeOutput, [
        'It ends with 0 when done, 1 after an error, 2 where it was typed wrongly, 128 + n after signal n.',
        '',
        'Examples:',
        `  ${COMMAND} train mnist-cnn --epochs 2`,
        `  ${COMMAND} evaluate runs/mnist-cnn-1`,
        `  ${COMMAND} predict runs/mnist-cnn-1 digit.png`,
        `  ${COMMAND} train --help`,
      ]),
    );
  addTrain(program, makeOutput, done);
  addEvaluate(program, makeOutput, done);
  addPredict(program, makeOutput, done);
  const lists = [
    ['models', 'list the models of the zoo, with measured results', listModels],
    ['datasets', 'list the data sets, and where each would come from', listDatasets],
    ['backends', 'list the backends, and whether each can run here', listBackends],
  ] as const;
  for (const [name, description, list] of lists) {
    common(program.command(name).description(description)).action(async (flags: { json?: boolean }) => {
      done(await list(makeOutput(flags.json === true)));
    });
  }
  return program;
}

function addTrain(program: Command, makeOutput: (json: boolean) => Output, done: (exitCode: number) => void): void {
  const defaults = recipes.map(({ name, title, defaults: { epochs, batchSize, learningRate } }) =>
    [
      `  ${name.padEnd(15)} ${title}`,
      `  ${''.padEnd(15)} ${epochs} epochs, batches of ${batchSize}, learning rate ${learningRate}`,
    ].join('\n'),
  );
  const command = program
    .command('train')
    .description('train a recipe, or go on with a run that was stopped')
    .argument(
      '[recipe]',
      `${recipes.map(({ name }) => name).join(', ')}; with --resume the run knows it`,
      recipeArgument,
    )
    .option('--epochs <n>', 'passes over the training data', wholeNumber(1))
    .option('--batch-size <n>', 'examples a step', wholeNumber(1))
    .option('--learning-rate <x>', 'how far a step goes', positiveNumber)
    .option(
      '--seed <n>',
      'decides weights, order and split; the same seed gives the same run',
      wholeNumber(0, GREATEST_SEED),
    )
    .option('--limit-train <n>', 'train on the first n examples only', wholeNumber(1))
    .option('--limit-test <n>', 'test on the first n examples only', wholeNumber(1))
    .option('--out <dir>', 'the directory of the run (default: runs/<recipe>-<n>)')
    .option('--start-from <run>', 'begin with the weights and the vocabulary of another run of the recipe')
    .option('--resume <run>', 'go on with a run, exactly as if it had never stopped; only --epochs may be raised')
    .option('--checkpoint-every <steps>', 'save every n steps too, not only after epochs', wholeNumber(1))
    .addHelpText(
      'after',
      afterHelp(makeOutput, [
        'Recipes:',
        ...defaults.flatMap((lines) => lines.split('\n')),
        '',
        'Ctrl-C, SIGTERM and SIGHUP stop after the step, save, and say how to go on. What is killed can be resumed too, from its last checkpoint.',
        '',
        'Examples:',
        `  ${COMMAND} train mnist-cnn`,
        `  ${COMMAND} train mnist-cnn --epochs 1 --limit-train 2000`,
        `  ${COMMAND} train spam-lstm --out runs/spam --seed 7`,
        `  ${COMMAND} train --resume runs/spam --epochs 20`,
        `  ${COMMAND} train spam-lstm --start-from runs/spam --learning-rate 0.0001`,
        `  ${COMMAND} train sentences-lstm --json > events.jsonl`,
      ]),
    );
  common(computing(command)).action(
    async (recipe: Recipe | undefined, flags: TrainFlags & { json?: boolean }, self: Command) => {
      if (recipe === undefined && flags.resume === undefined) {
        self.error(`error: missing argument 'recipe': one of ${recipes.map(({ name }) => name).join(', ')}`);
      }
      const { json, ...rest } = flags;
      done(await train(recipe, rest, makeOutput(json === true)));
    },
  );
}

function addEvaluate(program: Command, makeOutput: (json: boolean) => Output, done: (exitCode: number) => void): void {
  const command = program
    .command('evaluate')
    .description('measure a run on its test data')
    .argument('<run>', 'the directory of a run')
    .option('--batch-size <n>', 'examples at a time', wholeNumber(1))
    .option('--limit-test <n>', 'test on the first n examples only', wholeNumber(1))
    .addHelpText(
      'after',
      afterHelp(makeOutput, [
        'A run that is not finished is measured with its newest checkpoint.',
        '',
        'Examples:',
        `  ${COMMAND} evaluate runs/mnist-cnn-1`,
        `  ${COMMAND} evaluate runs/mnist-cnn-1 --limit-test 1000 --json`,
      ]),
    );
  common(computing(command)).action(async (run: string, { json, ...flags }: EvaluateFlags & { json?: boolean }) => {
    done(await evaluate(run, flags, makeOutput(json === true)));
  });
}

function addPredict(program: Command, makeOutput: (json: boolean) => Output, done: (exitCode: number) => void): void {
  const command = program
    .command('predict')
    .description('ask a run about files or texts')
    .argument('<run>', 'the directory of a run')
    .argument('[input...]', "an image or idx file; a text in quotes, or a file with one; '-' is standard input")
    .option('--text <text>', 'a text, whatever it looks like; may be given more than once', collected)
    .option('--index <n>', 'which image of an idx file, from 0 (default: all, up to --limit)', wholeNumber(0))
    .option('--limit <n>', 'at most how many images of an idx file', wholeNumber(1), 10)
    .option('--max-megabytes <n>', 'at most how much is read of a file', wholeNumber(1, 1024), 100)
    .addHelpText(
      'after',
      afterHelp(makeOutput, [
        'An input that names a file is that file; one that looks like the name of a file, and is none, is an error; any other is a text.',
        'A file with the headers of a mail counts by its subject and its words, as in training.',
        'Images are turned grey, inverted where the background is light, and brought to the form of MNIST: the ink 20 pixels long, in the middle of 28×28.',
        '',
        'Examples:',
        `  ${COMMAND} predict runs/mnist-cnn-1 photo.jpg scan.png`,
        `  ${COMMAND} predict runs/mnist-cnn-1 t10k-images-idx3-ubyte --index 7`,
        `  ${COMMAND} predict runs/sentences-lstm-1 "I love AI"`,
        `  ${COMMAND} predict runs/sentences-lstm-1 --text README.md`,
        `  ${COMMAND} predict runs/spam-lstm-1 mail.eml`,
        `  cat mail.txt | ${COMMAND} predict runs/spam-lstm-1 - --json`,
      ]),
    );
  common(computing(command)).action(
    async (run: string, inputs: string[], flagged: PredictFlags & { json?: boolean }, self: Command) => {
      const { json, ...flags } = flagged;
      if (inputs.length === 0 && flags.text === undefined)
        self.error("error: missing required argument 'input', or --text");
      done(await predict(run, inputs, flags, makeOutput(json === true)));
    },
  );
}

/** Text below the options: prose as wide as the terminal, examples in one piece. */
function afterHelp(makeOutput: (json: boolean) => Output, lines: readonly string[]): () => string {
  return () => {
    const { width } = makeOutput(false);
    return ['', ...lines.map((line) => (line.includes(COMMAND) ? line : wrapText(line, width)))].join('\n');
  };
}

function computing(command: Command): Command {
  const names = backends.map(({ name }) => name).join(', ');
  return command
    .addOption(
      new Option(
        '--backend <name>',
        `what computes: ${names} (default: ${backends[0]?.name}, or that of the run)`,
      ).argParser(backendOption),
    )
    .option('--threads <n>', 'how many threads compute (default: the number of cores)', wholeNumber(1, MOST_THREADS));
}

function common(command: Command): Command {
  return command
    .option('--json', 'print one JSON object a line to standard output, all else to standard error')
    .option('--debug', 'print the stack of an error');
}
