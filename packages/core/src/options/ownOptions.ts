import type { OptionTable } from './OptionTable.js';

/** The table of a class that names none: that of the class which it extends, with what to do about options of its own. */
export function ownOptions<O>(base: OptionTable<O>, owner: string): OptionTable<O> {
  const note = 'a class of your own takes its options out first: constructor({ rate, ...options }) { super(options); }';
  return { ...base, owner, note };
}
