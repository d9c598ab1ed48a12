import { cast, type DataType, engine, type Tensor, tensor, tidy, type Variable, variable } from '@tensorflow/tfjs-core';
import { arrayKind } from '../bytes/arrayKind.js';
import { type TypedArray, wholeNumbers } from '../bytes/numbersOf.js';
import { isEspalierError } from '../errors/EspalierError.js';
import { BackendError, ShapeError, StateError, ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue } from '../options/describeValue.js';
import { optionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import type { Rng } from '../random/Rng.js';
import { showShape } from './Shape.js';

/** From here on making values takes longer than asking for their memory. */
const MANY = 2 ** 24;

/** Where a variable has its parameter, so that backends can name what takes the memory. */
const OWNER = Symbol.for('espalier.parameter');

/** Values of a parameter on the host: whole numbers are kept whole, and `Uint8Array` is 0 or 1 for bool. */
export type ParameterValues = Float32Array | Int32Array | Uint8Array;

/** Makes the first values of a parameter. Implementations live in `@espalier/layers`. */
export interface Initializer {
  /**
   * The values, on the host: parameters are made once, and a host array is the same on every backend. Integers above
   * 2^24 need an `Int32Array`.
   */
  values(shape: readonly number[], rng: Rng): ParameterValues;
  /** The constructor's options, as JSON. */
  getConfig(): Config;
  /** The name in configs; Keras's class name. */
  readonly className: string;
}

/** A penalty on a parameter that is added to the loss. Implementations live in `@espalier/layers`. */
export interface Regularizer {
  /** A scalar. */
  penalty(value: Tensor): Tensor;
  /** The constructor's options, as JSON. */
  getConfig(): Config;
  /** The name in configs; Keras's class name. */
  readonly className: string;
}

/** What a JSON file can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** The constructor arguments of an object, as JSON. */
export type Config = { readonly [key: string]: Json };
/** An object's class name and constructor arguments: enough to make it again from a table of classes. */
export type SerializedObject = {
  /** The class, by the name it has in tables of classes. */
  readonly className: string;
  /** What its constructor takes. */
  readonly config: Config;
};

/** What a {@link Parameter} is made of. */
export interface ParameterOptions {
  /** The sizes of the axes; all are known. */
  readonly shape: readonly number[];
  /** Makes the first values. */
  readonly initializer: Initializer;
  /** Default `float32`. */
  readonly dtype?: DataType;
  /** Whether an optimizer may change it. Default true. */
  readonly trainable?: boolean;
  /** `weight` is learned by gradients; `state` is kept by the layer itself, such as a moving mean. Default `weight`. */
  readonly kind?: 'weight' | 'state';
  /** A penalty that the training loop adds to the loss. */
  readonly regularizer?: Regularizer | undefined;
}

const parameterOptions = /* @__PURE__ */ optionTable<ParameterOptions>('Parameter', {
  shape: 'list!',
  initializer: 'object!',
  dtype: 'string',
  trainable: 'boolean',
  kind: 'string',
  regularizer: 'object',
});

/**
 * A named tensor that belongs to a module and outlives a step. It is declared with a shape and an initializer; memory
 * is taken only by {@link initialize} or {@link assign}, so a model that loads its weights never initialises them.
 */
export class Parameter {
  /** The sizes of the axes. */
  readonly shape: readonly number[];
  /** The type of the elements. */
  readonly dtype: DataType;
  readonly kind: 'weight' | 'state';
  /** The penalty that the training loop adds to the loss, if any. */
  readonly regularizer: Regularizer | undefined;
  /** Whether an optimizer may change it, unless a module above it is frozen. */
  trainable: boolean;
  /** The path in the model that runs it, such as `conv2d/kernel`. */
  path = '';
  readonly #initializer: Initializer;
  #variable: Variable | undefined;

  constructor(options: ParameterOptions) {
    const { shape, initializer } = checkOptions(options, parameterOptions);
    requireMethod(initializer, 'values', 'Parameter, initializer', 'an initializer', 'make one: new GlorotUniform()');
    this.shape = [...shape];
    this.dtype = options.dtype ?? 'float32';
    this.kind = options.kind ?? 'weight';
    this.trainable = this.kind === 'weight' && (options.trainable ?? true);
    this.regularizer = options.regularizer;
    this.#initializer = options.initializer;
  }

  /** Whether it has values. */
  get initialized(): boolean {
    return this.#variable !== undefined;
  }

  /** How many numbers it holds. */
  get size(): number {
    return this.shape.reduce((product, axis) => product * axis, 1);
  }

  /**
   * The current values; owned by the parameter, do not dispose it.
   * @throws StateError before `initialize` or `assign`.
   */
  get value(): Variable {
    if (this.#variable === undefined) {
      throw new StateError({
        where: this.path === '' ? 'Parameter' : this.path,
        problem: 'the parameter has no values yet',
        mend: 'call model.initialize() or model.fit(), or load weights, before reading it',
      });
    }
    return this.#variable;
  }

  /**
   * Makes the first values; does nothing where there are values already.
   * @throws BackendError where there is no memory for them.
   */
  initialize(rng: Rng): void {
    if (this.#variable !== undefined) return;
    this.#requireRoom();
    this.#set(this.#firstValues(rng));
  }

  /**
   * Replaces the values by a copy of `value`, in the parameter's own dtype: those of a typed array, of whatever kind, are
   * rounded to float32, and must be whole numbers where the parameter is int32.
   * @throws ShapeError unless the shape is the parameter's own.
   * @throws ValueError where it is neither a tensor nor a typed array, or a value does not fit int32.
   */
  assign(value: Tensor | TypedArray): void {
    if (ArrayBuffer.isView(value) && arrayKind(value) !== undefined) {
      if (value.length !== this.size) this.#refuse(`${value.length} values`);
      this.#set(this.#ownCopy(value));
      return;
    }
    if (!isTensor(value)) {
      throw new ValueError({
        where: this.path === '' ? 'Parameter' : this.path,
        problem: 'these are not values of a parameter',
        expected: 'a tensor or a typed array',
        got: describeValue(value),
      });
    }
    if (value.shape.length !== this.shape.length || value.shape.some((axis, i) => axis !== this.shape[i])) {
      this.#refuse(showShape(value.shape));
    }
    const copy = () => (value.dtype === this.dtype ? value.clone() : cast(value, this.dtype));
    if (this.#variable === undefined) {
      // Whether it is trained is decided step by step from the module tree, so tfjs may differentiate all of them.
      this.#variable = Object.assign(
        tidy(() => variable(copy(), true)),
        { [OWNER]: this },
      );
    } else {
      const held = this.#variable;
      // Variable.assign takes the tensor over: without a clone it would free the caller's.
      tidy(() => held.assign(copy()));
    }
  }

  /** Gives the memory back; the parameter can be initialised or assigned again. */
  dispose(): void {
    this.#variable?.dispose();
    this.#variable = undefined;
  }

  /** A copy of a typed array in the parameter's dtype: some engines compute in the very array they are given. */
  #ownCopy(values: TypedArray): Float32Array | Int32Array {
    if (this.dtype === 'int32') return wholeNumbers(values, this.path === '' ? 'Parameter' : this.path);
    const big = typeof values[0] === 'bigint';
    return new Float32Array(big ? Array.from(values as BigInt64Array, Number) : (values as Float64Array));
  }

  /** Asks the backend before values are made: billions of random numbers take minutes, to find no room. */
  #requireRoom(): void {
    if (this.size < MANY || !engine().backendName) return;
    const backend = engine().backend as { reserve?: (shape: readonly number[], dtype: DataType) => void };
    try {
      backend.reserve?.(this.shape, this.dtype);
    } catch (error) {
      if (!isEspalierError(error)) throw error;
      const where = this.path === '' ? 'Parameter' : this.path;
      throw new BackendError({ ...error.parts, where, mend: 'use fewer units, filters or rows', cause: error });
    }
  }

  #firstValues(rng: Rng): ParameterValues {
    try {
      return this.#initializer.values(this.shape, rng);
    } catch (cause) {
      // JavaScript names neither the parameter nor its shape where an array is too long for it.
      if (!(cause instanceof RangeError) || /call stack|recursion/i.test(cause.message)) throw cause;
      throw new BackendError({
        where: this.path === '' ? 'Parameter' : this.path,
        problem: 'JavaScript has no memory for the first values of the parameter',
        expected: `an array of ${this.size} numbers, for ${showShape(this.shape)}`,
        got: cause.message,
        mend: 'use fewer units, filters or rows',
        cause,
      });
    }
  }

  #set(values: ParameterValues): void {
    tidy(() => this.assign(tensor(values, [...this.shape], this.dtype)));
  }

  #refuse(got: string): never {
    throw new ShapeError({
      where: this.path === '' ? 'Parameter' : this.path,
      problem: 'the values do not fit the parameter',
      expected: showShape(this.shape),
      got,
      mend: 'load weights that were saved from the same architecture',
    });
  }
}

function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dataId' in value && 'shape' in value;
}
