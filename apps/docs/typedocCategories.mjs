// Sorts what a package exports by the task that it serves, instead of by classes, interfaces and functions: TypeDoc gets a
// category for each folder of the sources.
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';

/** The folder of a source file, within `src`, and what its category is called. */
const CATEGORIES = {
  models: 'Models',
  training: 'Training',
  losses: 'Losses',
  metrics: 'Metrics',
  callbacks: 'Callbacks',
  data: 'Data',
  checkpoint: 'Saving',
  errors: 'Errors',
  backend: 'Backends',
  layer: 'Writing layers',
  module: 'Writing layers',
  options: 'Writing layers',
  random: 'Writing layers',
  optimizer: 'Writing optimizers',
  fused: 'Operations',
  gradients: 'Operations',
  bytes: 'Data',
  core: 'Dense, embedding, activation',
  convolution: 'Convolution',
  pooling: 'Pooling',
  recurrent: 'Recurrent',
  attention: 'Attention',
  normalization: 'Normalization',
  regularization: 'Regularization',
  merging: 'Merging',
  reshaping: 'Reshaping',
  activations: 'Activations',
  initializers: 'Initializers',
  regularizers: 'Regularizers',
  schedules: 'Schedules',
  transforms: 'Gradient transforms',
  image: 'Images',
  text: 'Text',
  labels: 'Text',
  mail: 'Mail',
  mnist: 'MNIST',
  io: 'Files',
  kernels: 'Kernels',
};

/** The category of what lies in no folder, by package. */
const OF_PACKAGE = {
  optimizers: 'Optimizers',
  layers: 'Tables',
  'backend-wasm': 'The engine',
};

/** @param {string} file @returns {string | undefined} */
function categoryOf(file) {
  const [, short = '', folder = ''] = /\/packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(file) ?? [];
  return (
    CATEGORIES[/** @type {keyof typeof CATEGORIES} */ (folder)] ??
    OF_PACKAGE[/** @type {keyof typeof OF_PACKAGE} */ (short)]
  );
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    (/** @type {import('typedoc').Context} */ context) => {
      for (const reflection of context.project.getReflectionsByKind(ReflectionKind.SomeExport)) {
        if (!reflection.parent?.kindOf(ReflectionKind.Module)) continue;
        const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
        const category = categoryOf(file ?? '');
        if (category === undefined) continue;
        // Functions carry their comments in their signatures.
        const holders = /** @type {any} */ (reflection).signatures ?? [reflection];
        for (const holder of holders) {
          holder.comment ??= new Comment();
          holder.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: category }]));
        }
      }
    },
    1000,
  );
}
