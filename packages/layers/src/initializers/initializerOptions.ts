import { type OptionTable, optionTable } from '@espalier/core';

/** The table of an initializer that draws from the stream of its model. */
export function randomInitializer<O extends object>(owner: string, kinds: OptionTable<O>['kinds']): OptionTable<O> {
  return optionTable<O>(owner, kinds as never, { later: { seed: 'the seed of the model decides' } });
}
