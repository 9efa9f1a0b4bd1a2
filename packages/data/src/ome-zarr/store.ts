import { isSegscapeError } from '@segscape/core';
import { platform } from '#platform';
import { blobStore, filesStore } from './picked-files.js';
import type { ZarrStore } from './zarr-store.js';
import { zipStore } from './zip-store.js';

/** A folder's path or a ZIP file's, an address, the bytes of a ZIP file, the files of a picked folder, or a store. */
export type ZarrSource = string | URL | Uint8Array | Blob | readonly File[] | ZarrStore;

/** What says that a piece is not there; anything else is a fault, not an empty chunk. */
const absent: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 403, 404]);

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!isSegscapeError(error, 'NOT_FOUND')) throw error;
    const { status } = error.details as { status?: number };
    if (absent.has(status ?? (error.cause as { code?: string } | undefined)?.code)) return undefined;
    throw error;
  }
}

const isZip = (name: string) => /\.(zip|ozx)$/i.test(name);

/** The store of a source; and what errors call it. */
export function zarrStore(source: ZarrSource): { store: ZarrStore; name: string } {
  if (source instanceof Uint8Array)
    return { store: blobStore(new Blob([source.slice()])), name: `${source.length} bytes` };
  if (source instanceof Blob)
    return { store: blobStore(source), name: 'name' in source ? String(source.name) : 'the blob' };
  if (isFiles(source)) return { store: filesStore(source), name: `the ${source.length} given files` };
  if (typeof source !== 'string' && !(source instanceof URL)) return { store: source, name: 'the store' };
  const place =
    source instanceof URL && source.protocol === 'file:'
      ? decodeURIComponent(source.pathname)
      : String(source);
  const name = place.replace(/[/\\]+$/, '');
  if (isZip(name)) return { store: zipStore((range) => platform.readRange(name, range)), name };
  const store: ZarrStore = {
    get: (key) => unlessAbsent(platform.readPath(`${name}${key}`)),
    getRange: (key, range) => unlessAbsent(platform.readRange(`${name}${key}`, range)),
  };
  return { store, name };
}

const isFiles = (source: unknown): source is readonly File[] => Array.isArray(source);
