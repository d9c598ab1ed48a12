import { optionTable } from '@espalier/core';

/** Options of `mnist`. */
export interface MnistOptions {
  /**
   * The form of the targets. `categorical`: one-hot rows of 10, for the loss `categoricalCrossentropy`; `sparse`: the
   * digit as an integer, for `sparseCategoricalCrossentropy`. Default `categorical`.
   */
  readonly labels?: 'categorical' | 'sparse' | undefined;
  /** Where downloads are kept. Default `$ESPALIER_CACHE`, else `espalier` in `$XDG_CACHE_HOME` or `~/.cache`. */
  readonly cacheDir?: string | undefined;
  /** The address, or addresses to try in turn, of the folder with the four `.gz` files. Default: public mirrors. */
  readonly baseUrl?: string | readonly string[] | undefined;
  /** Whether files may be fetched from the network. Default true. */
  readonly download?: boolean | undefined;
  /** Milliseconds that one mirror may take for one file. Default 120 000. */
  readonly timeout?: number | undefined;
  /** Stops a download. */
  readonly signal?: AbortSignal | undefined;
}

export const mnistOptions = /* @__PURE__ */ optionTable<MnistOptions>('mnist', {
  labels: 'string',
  cacheDir: 'string',
  baseUrl: 'string|list',
  download: 'boolean',
  timeout: 'number',
  signal: 'object',
});
