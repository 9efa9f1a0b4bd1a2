import { type ByteRange, within } from '../byte-range.js';
import type { ZarrStore } from './zarr-store.js';
import { zipStore } from './zip-store.js';

const partOf = async (blob: Blob, range: ByteRange) =>
  new Uint8Array(await blob.slice(...within(range, blob.size)).arrayBuffer());

/** The pieces of a ZIP file that is at hand. */
export const blobStore = (blob: Blob): ZarrStore => zipStore((range) => partOf(blob, range));

/** Files of a folder that a user picked, by their paths below it. */
export function filesStore(files: readonly File[]): ZarrStore {
  const byKey = new Map(
    files.map((file) => {
      const path = file.webkitRelativePath || file.name;
      return [path.slice(path.indexOf('/')), file] as const;
    }),
  );
  return {
    async get(key) {
      const file = byKey.get(key);
      return file && new Uint8Array(await file.arrayBuffer());
    },
    async getRange(key, range) {
      const file = byKey.get(key);
      return file && partOf(file, range);
    },
  };
}
