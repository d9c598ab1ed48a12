import type { DataType } from '@tensorflow/tfjs-core';
import { StateError, ValueError } from '../errors/kinds.js';
import { suggestNames } from '../errors/suggest.js';
import type { Shape } from '../module/Shape.js';
import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import type { Layer } from './Layer.js';
import { checkShape } from './shapes.js';

/** One call of a layer on symbolic tensors: an edge of a functional model's graph. */
export interface SymbolicCall {
  /** Absent for an input of the graph. */
  readonly layer: Layer | undefined;
  /** What the layer was applied to, in order. */
  readonly inputs: readonly SymbolicTensor[];
}

/** A tensor that has a shape and no values yet: what layers of a functional model are called on. */
export class SymbolicTensor {
  constructor(
    /** With the batch axis, which is `null`. */
    readonly shape: Shape,
    /** The type of its elements. */
    readonly dtype: DataType,
    /** The call that gives it. */
    readonly source: SymbolicCall,
    /** Which output of the call this is. */
    readonly index: number,
    /** The name of an input, for errors. */
    readonly name?: string,
  ) {}

  /**
   * What operations of tfjs look for in their arguments.
   * @throws StateError always: there are no values to compute with.
   */
  get data(): never {
    throw new StateError({
      where: this.name ?? 'symbolic tensor',
      problem: 'an operation on values was given a symbolic tensor, which has none yet',
      expected: 'a layer: layer.apply(tensor)',
      mend: 'put the operation into the call() of a layer of your own',
    });
  }
}

/** What {@link input} takes. */
export interface InputOptions {
  /** The shape of one example, without the batch axis; `null` for an axis of any length. */
  readonly shape: Shape;
  /** Default `float32`. */
  readonly dtype?: DataType;
  /** For errors; inputs are told apart by their order. */
  readonly name?: string;
}

const inputOptions = /* @__PURE__ */ optionTable<InputOptions>(
  'input',
  { shape: 'list!', dtype: 'string', name: 'string' },
  {
    later: {
      batchSize: '',
      sparse: '',
      ragged: '',
      batchShape: 'shape leaves the batch axis out',
      tensor: '',
      optional: '',
    },
  },
);
const dtypes: readonly DataType[] = ['float32', 'int32', 'bool', 'complex64', 'string'];

/**
 * An input of a functional model.
 *
 * @throws ValueError for an option that is unknown, misspelt, missing or of another type.
 *
 * @example
 * ```ts
 * import { Functional, input } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 *
 * const pixels = input({ shape: [784] });
 * const scores = new Dense({ units: 10 }).apply(pixels);
 * const model = new Functional({ inputs: pixels, outputs: scores });
 * ```
 */
export function input(options: InputOptions): SymbolicTensor {
  const { shape, dtype = 'float32', name } = checkOptions(options, inputOptions);
  if (!dtypes.includes(dtype)) {
    throw new ValueError({
      where: 'input, dtype',
      problem: `there is no dtype '${dtype}'`,
      mend: suggestNames(dtype, dtypes),
    });
  }
  const source: SymbolicCall = { layer: undefined, inputs: [] };
  return new SymbolicTensor([null, ...checkShape(shape, 'input, shape')], dtype, source, 0, name);
}
