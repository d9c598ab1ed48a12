import { readFileSync } from 'node:fs';
import * as layers from '@espalier/layers';
import * as optimizers from '@espalier/optimizers';
import { describe, expect, it } from 'vitest';
import * as core from '../../src/index.js';

interface Argument {
  readonly needed: boolean;
  readonly default: unknown;
}
interface Golden {
  readonly classes: Readonly<Record<string, { readonly arguments: Readonly<Record<string, Argument>> }>>;
  readonly calls: Readonly<Record<string, Readonly<Record<string, Argument>>>>;
}
const url = new URL('../../../../parity/golden/signatures.json', import.meta.url);
const golden = JSON.parse(readFileSync(url, 'utf8')) as Golden;

type Made = { getConfig?(): core.Config; serialize?(): core.SerializedObject };
type Class = new (options: object) => Made;
const ours = { ...core, ...layers, ...optimizers } as unknown as Readonly<Record<string, Class>>;

/** What a class cannot be made without. */
const NEEDED: Readonly<Record<string, () => object>> = {
  Activation: () => ({ activation: 'relu' }),
  Bidirectional: () => ({ layer: new layers.LSTM({ units: 1 }) }),
  Conv2D: () => ({ filters: 1, kernelSize: 1 }),
  Dense: () => ({ units: 1 }),
  DepthwiseConv2D: () => ({ kernelSize: 1 }),
  Dropout: () => ({ rate: 0 }),
  Embedding: () => ({ inputDim: 1, outputDim: 1 }),
  GRU: () => ({ units: 1 }),
  LSTM: () => ({ units: 1 }),
  ModelCheckpoint: () => ({ storage: core.memoryStorage() }),
  MultiHeadAttention: () => ({ numHeads: 1, keyDim: 1 }),
  Reshape: () => ({ targetShape: [1] }),
  SimpleRNN: () => ({ units: 1 }),
};
const make = (name: string, more: object = {}) => new ours[name]!({ ...NEEDED[name]?.(), ...more });

/** What Keras says by none, or by another name, and our configs in full. */
const SAYS: Readonly<Record<string, unknown>> = {
  'AveragePooling2D.strides': [2, 2],
  'Conv2D.activation': 'linear',
  'Dense.activation': 'linear',
  'DepthwiseConv2D.activation': 'linear',
  'Embedding.embeddingsInitializer': 'randomUniform',
  'Lion.weightDecay': 0,
  'MaxPooling2D.strides': [2, 2],
  'MultiHeadAttention.valueDim': 1,
};

/** A default of Keras in our words: camelCase names, pairs as lists. */
function inOurWords(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return Array.isArray(value) ? value.map(inOurWords) : value;
}

/** A value of our configs in the form in which signatures have defaults. */
function inKerasForm(value: unknown, other: unknown): unknown {
  const { className } = (value ?? {}) as { readonly className?: string };
  if (typeof className === 'string') return className.charAt(0).toLowerCase() + className.slice(1);
  if (Array.isArray(value) && typeof other === 'number' && value.every((one) => one === value[0])) return value[0];
  return value;
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (core.isEspalierError(error)) return error.message;
    throw error;
  }
  return '';
}

/** What a refusal leaves unsaid about an argument: empty where it is an option, or where it says what to do instead. */
const unsaid = (message: string, name: string) =>
  message.includes(`there is no option '${name}'`) && !new RegExp(`'${name}' (is not there )?yet`).test(message)
    ? [name]
    : [];

describe.each(Object.entries(golden.classes))('%s', (name, { arguments: given }) => {
  it('knows every argument of Keras, or says what to do instead', () => {
    const missing = Object.keys(given).flatMap((argument) =>
      unsaid(
        messageOf(() => make(name, { [argument]: Symbol('of no kind') })),
        argument,
      ),
    );
    expect(missing).toEqual([]);
  });

  it('has the defaults of Keras', () => {
    const made = make(name);
    const config = made.getConfig?.() ?? made.serialize?.().config ?? {};
    const needed = Object.keys(NEEDED[name]?.() ?? {});
    const different = Object.entries(given).flatMap(([argument, { needed: must, default: theirs }]) => {
      const key = `${name}.${argument}`;
      if (must || needed.includes(argument) || !Object.hasOwn(config, argument)) return [];
      const mine = inKerasForm(config[argument], theirs);
      if (Object.hasOwn(SAYS, key) && JSON.stringify(mine) === JSON.stringify(SAYS[key])) return [];
      return JSON.stringify(mine) === JSON.stringify(inOurWords(theirs)) ? [] : [{ key, mine, theirs }];
    });
    expect(different).toEqual([]);
  });

  it('takes back what its config says', () => {
    const made = make(name);
    const config = made.getConfig?.() ?? made.serialize?.().config;
    if (config === undefined) return;
    const again =
      name === 'Bidirectional' ? core.layerFromConfig(made.serialize!(), layers.layerClasses) : new ours[name]!(config);
    expect((again as Made).getConfig?.() ?? (again as Made).serialize?.().config).toEqual(config);
  });
});

describe('calls', () => {
  const model = () => {
    const made = new core.Sequential([new layers.Dense({ units: 1, inputShape: [1] })], { seed: 1 });
    made.compile({ optimizer: new optimizers.SGD(), loss: 'meanSquaredError' });
    return made;
  };
  const run: Readonly<Record<string, (options: object) => unknown>> = {
    compile: (options) => model().compile({ optimizer: new optimizers.SGD(), loss: 'mse', ...options }),
    fit: (options) => model().fit([[1]], [[1]], options),
    evaluate: (options) => model().evaluate([[1]], [[1]], options),
    predict: (options) => model().predict([[1]], options),
  };
  it.each(Object.entries(golden.calls))(
    '%s knows every argument of Keras, or says what to do instead',
    async (name, given) => {
      const missing: string[] = [];
      for (const argument of Object.keys(given)) {
        if (argument === 'x' || argument === 'y') continue;
        const message = await Promise.resolve()
          .then(() => run[name]!({ [argument]: Symbol('of no kind') }))
          .then(
            () => '',
            (error: unknown) => (core.isEspalierError(error) ? error.message : String(error)),
          );
        expect(message).toMatch(/option|optimizer|loss|metric|callback/);
        missing.push(...unsaid(message, argument));
      }
      expect(missing).toEqual([]);
    },
  );
});
