type Type = 'any' | 'boolean' | 'function' | 'integer' | 'list' | 'null' | 'number' | 'object' | 'string';

/**
 * What an option may be: one type or several, such as `number|list`; `!` at the end where it must be given. `any` is for
 * what the class checks itself, `integer` takes infinity too, `object` everything but lists and functions, and `list`
 * typed arrays as well.
 */
export type OptionKind = `${Type}${'' | `|${Type}`}${'' | `|${Type}`}${'' | '!'}`;

/** The kind of each option of `O`: none is forgotten, and none is left over. */
export type OptionKinds<O> = { readonly [K in keyof Required<O>]: OptionKind };

/** The options that a constructor or a call takes, for {@link checkOptions}; made by {@link optionTable}. */
export interface OptionTable<O = object> {
  /** What errors speak of: `Dense`, `fit`. */
  readonly owner: string;
  /** Every option with its kind. */
  readonly kinds: OptionKinds<O>;
  /** What Keras takes and this does not yet, with what to do instead; empty where there is nothing. */
  readonly later: Readonly<Record<string, string>>;
  /** The option that a value given without a name most likely is, where none is needed: `learningRate`. */
  readonly first?: string | undefined;
  /** What else to do about an unknown option. */
  readonly note?: string;
}

/**
 * Declares the options of a class or call. `base` brings those of the class that it extends.
 *
 * Mark the call as pure where it stands at the top of a module, so that bundlers can drop it.
 *
 * @example
 * ```ts
 * import { checkOptions, isEspalierError, optionTable } from '@espalier/core';
 *
 * interface ScaleOptions {
 *   readonly factor: number;
 *   readonly name?: string;
 * }
 * const table = optionTable<ScaleOptions>('Scale', { factor: 'number!', name: 'string' });
 *
 * let refused: unknown;
 * try {
 *   checkOptions({ factr: 2 } as never, table);
 * } catch (error) {
 *   refused = error;
 * }
 * if (!isEspalierError(refused, 'ValueError')) throw new Error('a misspelt option went unnoticed');
 * ```
 */
export function optionTable<O extends object, B extends object = object>(
  owner: string,
  kinds: OptionKinds<Omit<O, keyof B>>,
  { base, later, first }: Pick<Partial<OptionTable>, 'later' | 'first'> & { readonly base?: OptionTable<B> } = {},
): OptionTable<O> {
  return {
    owner,
    kinds: { ...kinds, ...base?.kinds } as OptionKinds<O>,
    later: { ...base?.later, ...later },
    first: first ?? base?.first,
  };
}
