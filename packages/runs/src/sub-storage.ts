import type { Storage } from '@segscape/core';
import { checkedPath, folderPrefix } from './storage-path.js';

/**
 * A folder of a storage as a storage of its own.
 *
 *     const job = subStorage(storage, 'ce-1-1/seed-0');
 *     await job.write('config.yaml', text); // ce-1-1/seed-0/config.yaml
 *
 * @param storage that the folder is of.
 * @param folder path in it; `''` is the whole.
 * @returns a storage whose paths begin in the folder; it has no lock of its own.
 * @throws {SegscapeError} `BAD_OPTION` for a folder that leads out of the storage.
 */
export function subStorage(storage: Storage, folder: string): Storage {
  const prefix = folderPrefix(folder);
  return {
    read: async (path) => storage.read(prefix + checkedPath(path)),
    write: async (path, content) => storage.write(prefix + checkedPath(path), content),
    append: async (path, content) => storage.append(prefix + checkedPath(path), content),
    async list(inner) {
      const paths = await storage.list(prefix + folderPrefix(inner));
      return paths.map((path) => path.slice(prefix.length));
    },
    remove: async (path) => storage.remove(prefix + checkedPath(path)),
    ...(storage.free && { free: () => storage.free!() }),
  };
}
