declare const SEEN: unique symbol;

/**
 * An example as a model gets to see it. Data sets, files and texts of the command line all become one through the
 * {@link Recipe.see} of their recipe: nothing else makes this type, and training, evaluation and prediction take no other.
 */
export type Seen<E> = E & { readonly [SEEN]: true };

/** Declares how a recipe sees what is raw: the one place where {@link Seen} is made. */
export function seeing<R, E>(see: (raw: R) => E): (raw: R) => Seen<E> {
  return see as (raw: R) => Seen<E>;
}
