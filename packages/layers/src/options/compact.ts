import type { Config, Json } from '@espalier/core';

/** A config without the options that were not given. */
export function compact(options: Readonly<Record<string, Json | undefined>>): Config {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Config;
}
