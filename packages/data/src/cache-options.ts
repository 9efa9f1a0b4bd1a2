/** How a dataset keeps what it has read. */
export interface CacheOptions {
  /**
   * Keep samples in memory once read (`true`), or `'disk'`: in `cacheFolder`, by the content of their files and these options,
   * for later runs (Node). Entries that are damaged are made again. Default: neither, but of a folder's images that are scaled
   * down, which are kept in memory.
   */
  readonly cache?: boolean | 'disk';
  /** For `cache: 'disk'`. Default `~/.cache/segscape/samples`; it may be deleted at any time. */
  readonly cacheFolder?: string;
}
