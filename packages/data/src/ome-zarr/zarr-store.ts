import type { ByteRange } from '../byte-range.js';

/** Where the pieces of a Zarr hierarchy come from, by keys that begin with `/`. */
export interface ZarrStore {
  /** `undefined` when there is no such piece. */
  get(key: `/${string}`): Promise<Uint8Array | undefined>;
  /** A part of a piece; needed where chunks are kept together in shards. */
  getRange?(key: `/${string}`, range: ZarrRange): Promise<Uint8Array | undefined>;
}

/** Bytes from a place on, or the last ones. */
export type ZarrRange = ByteRange;
