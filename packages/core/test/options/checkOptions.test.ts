import { runInNewContext } from 'node:vm';
import { cpu } from '@espalier/backend-cpu';
import { Dense, Dropout } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  activateBackend,
  checkOptions,
  describeValue,
  isClass,
  isEspalierError,
  optionTable,
} from '../../src/index.js';

beforeAll(async () => void (await activateBackend(cpu())));

interface Base {
  readonly name?: string;
}
interface Options extends Base {
  readonly units: number;
  readonly useBias?: boolean;
  readonly rate?: number;
  readonly size?: number | readonly number[];
  readonly strides?: number | null;
  readonly make?: object | string;
  readonly inputShape?: readonly number[];
}
const base = optionTable<Base>('Base', { name: 'string' }, { later: { dtype: '' } });
const table = optionTable<Options, Base>(
  'Box',
  {
    units: 'integer!',
    useBias: 'boolean',
    rate: 'number',
    size: 'integer|list',
    strides: 'integer|null',
    make: 'object|string',
    inputShape: 'list',
  },
  { base, later: { seed: 'the model has the seed' } },
);

/** The message; fails where there is none, or one of another kind. */
function refusal(options: unknown): string {
  try {
    checkOptions(options as Options, table);
  } catch (error) {
    if (isEspalierError(error, 'ValueError')) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

class Holder {
  units = 3;
}

describe('checkOptions hands on', () => {
  const good: [string, unknown][] = [
    ['an object', { units: 3, useBias: false, name: 'a', size: [1, 2], rate: 0.5, strides: null, make: {} }],
    ['one that is frozen', Object.freeze({ units: 3 })],
    ['one without a prototype', Object.assign(Object.create(null), { units: 3 })],
    ['one of another realm', runInNewContext('({ units: 3, size: [1, 2] })')],
    ['options that are undefined', { units: 3, useBias: undefined, name: undefined }],
    ['typed arrays as lists', { units: 3, size: new Int32Array(2) }],
    ['infinity as a whole number', { units: Number.POSITIVE_INFINITY }],
  ];
  it.each(good)('%s', (_, options) => {
    expect(checkOptions(options as Options, table)).toBe(options);
  });

  it('an empty object for none', () => {
    expect(checkOptions(undefined, base)).toEqual({});
  });
});

describe('checkOptions refuses', () => {
  const bad: [string, unknown, ...string[]][] = [
    ['an unknown option', { units: 3, colour: 1 }, "Box: there is no option 'colour'", 'expected: units, useBias'],
    ['a misspelt one', { units: 3, unist: 1 }, "for 'unist' did you mean 'units'?"],
    ['one of another case', { units: 3, usebias: true }, "did you mean 'useBias'?"],
    ['snake case', { units: 3, use_bias: false, input_shape: [2] }, "'use_bias' is 'useBias' here", "'input_shape' is"],
    ['what Keras has', { units: 3, dtype: 'float16' }, "Keras's 'dtype' is not there yet"],
    ['what is done otherwise', { units: 3, seed: 1 }, "no 'seed' yet: the model has the seed"],
    ['an unknown one that is undefined', { units: 3, unit: undefined }, "no option 'unit'"],
    ['several at once', { a: 1, b: 2, c: 3 }, "no option 'a', 'b', 'c'"],
    ['symbols', { units: 3, [Symbol('secret')]: 1 }, "no option 'Symbol(secret)'"],
    ['a key that JSON may have', JSON.parse('{ "units": 3, "__proto__": 1 }'), "no option '__proto__'"],
    ['a name of every object', { units: 3, toString: () => '' }, "no option 'toString'"],
    ['a missing option', {}, "Box, units: the option 'units' is missing", 'expected: a whole number'],
    ['no options where one is needed', undefined, "the option 'units' is missing"],
    ['a fraction', { units: 1.5 }, 'Box, units: the option has the wrong type', 'got:      1.5'],
    ['a number as text', { units: '3' }, 'got:      "3" (a string)', 'mend:     write 3 without quotes'],
    ['a truth as text', { units: 3, useBias: 'False' }, 'expected: true or false', 'write false without quotes'],
    ['a truth as a number', { units: 3, useBias: 0 }, 'got:      0'],
    ['NaN', { units: 3, rate: Number.NaN }, 'got:      NaN'],
    ['null', { units: 3, rate: null }, 'got:      null', 'leave the option out'],
    ['a number for a list', { units: 3, inputShape: 4 }, 'expected: a list', 'write [4]'],
    ['a class for an object', { units: 3, make: Holder }, 'the class Holder', 'make one: new Holder()'],
    ['a function for an object', { units: 3, make: () => 1 }, 'the function make'],
    ['a bigint', { units: 3n }, 'got:      3'],
    ['a number in place of options', 16, 'options are given by name', 'got:      16', 'write ({ units: 16 })'],
    ['text in place of options', 'relu', 'write ({ units: … })'],
    ['null in place of options', null, 'options are given by name', 'got:      null'],
    ['a list in place of options', [3], 'got:      a list of 1', 'write ({ units: … })'],
    ['a typed array', new Float32Array(2), 'options are given by name'],
    ['a function', () => 1, 'options are given by name'],
    ['a class', Holder, 'got:      the class Holder'],
    ['an instance of a class', new Holder(), 'an object of the class Holder', 'an object of their own'],
    ['a map', new Map([['units', 3]]), 'an object of the class Map'],
    ['a tensor', undefined, 'an object of the class Tensor'],
    ['options that are inherited', Object.create({ units: 3 }), 'options are given by name'],
  ];
  it.each(bad)('%s', (name, options, ...parts) => {
    const message = refusal(name === 'a tensor' ? tensor1d([1]) : options);
    for (const part of parts) expect(message).toContain(part);
    expect(message.split('\n').length).toBeLessThanOrEqual(4);
    expect(message).not.toContain('undefined');
  });

  it('names the owner that is given', () => {
    expect(() => checkOptions({ units: 1, x: 1 } as Options, table, 'Mine')).toThrow(/^Mine: /);
  });
});

it('reads as one thing to a new user', () => {
  const message = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      return String(error);
    }
    return 'nothing';
  };
  expect(message(() => new SGD(0.1 as never))).toBe(
    'ValueError: SGD: options are given by name, in one object.\n' +
      '  got:      0.1\n' +
      '  mend:     write ({ learningRate: 0.1 })',
  );
  expect(message(() => new Dropout({ dropOut: 0.5 } as never))).toBe(
    "ValueError: Dropout: there is no option 'dropOut'.\n" + '  expected: rate, name, trainable, inputShape',
  );
  expect(message(() => new Dense({ units: 4, activation: 'relu', input_shape: [2] } as never))).toContain(
    "'input_shape' is 'inputShape' here",
  );
  expect(message(() => new Adam({ learningRate: '0.1' } as never))).toContain('write 0.1 without quotes');
});

describe('describeValue', () => {
  it.each([
    [undefined, 'undefined'],
    ['x', '"x" (a string)'],
    ['y'.repeat(50), `"${'y'.repeat(40)}…" (a string)`],
    [Adam, 'the class Adam'],
    [class {}, 'a class'],
    [() => 1, 'a function'],
    [[1, 2], 'a list of 2'],
    [{}, 'an empty object'],
    [{ a: 1, b: 2 }, 'an object with a, b'],
    [Object.create(null), 'an empty object'],
    [new Map(), 'an object of the class Map'],
    [Symbol('s'), 'Symbol(s)'],
    [3n, '3'],
  ])('%s', (value, words) => expect(describeValue(value)).toBe(words));

  it('tells a class from a function', () => {
    expect([isClass(Adam), isClass(Math.max), isClass(() => 1), isClass(new Adam()), isClass(undefined)]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
