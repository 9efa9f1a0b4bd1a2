import { isSegscapeError } from '@segscape/core';
import { platform } from '#platform';

/** Where the pieces of a Zarr hierarchy come from, by keys that begin with `/`. */
export interface ZarrStore {
  /** `undefined` when there is no such piece. */
  get(key: `/${string}`): Promise<Uint8Array | undefined>;
  /** A part of a piece; needed where chunks are kept together in shards. */
  getRange?(key: `/${string}`, range: ZarrRange): Promise<Uint8Array | undefined>;
}

/** Bytes from a place on, or the last ones. */
export type ZarrRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

/** What says that a piece is not there; anything else is a fault, not an empty chunk. */
const absent: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 403, 404]);

/** A folder's path, an address, or the store as given; and what errors call it. */
export function zarrStore(source: string | URL | ZarrStore): { store: ZarrStore; name: string } {
  if (typeof source !== 'string' && !(source instanceof URL)) return { store: source, name: 'the store' };
  const place =
    source instanceof URL && source.protocol === 'file:'
      ? decodeURIComponent(source.pathname)
      : String(source);
  const name = place.replace(/[/\\]+$/, '');
  const store: ZarrStore = {
    async get(key) {
      try {
        return await platform.readPath(`${name}${key}`);
      } catch (error) {
        if (!isSegscapeError(error, 'NOT_FOUND')) throw error;
        const { status } = error.details as { status?: number };
        if (absent.has(status ?? (error.cause as { code?: string } | undefined)?.code)) return undefined;
        throw error;
      }
    },
  };
  return { store, name };
}
