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
  /** Stops a download. */
  readonly signal?: AbortSignal | undefined;
}
