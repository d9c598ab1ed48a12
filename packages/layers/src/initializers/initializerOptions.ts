import { type OptionTable, optionTable } from '@espalier/core';

/** What Keras's initializers by fans take besides. */
export const fanLater = { inputAxes: '', outputAxes: '' };

/** The table of an initializer that draws from the stream of its model. */
export function randomInitializer<O extends object>(
  owner: string,
  kinds: OptionTable<O>['kinds'],
  later: OptionTable['later'] = {},
): OptionTable<O> {
  return optionTable<O>(owner, kinds as never, { later: { seed: 'the seed of the model decides', ...later } });
}
