import type { Storage } from '@segscape/core';
import { checkedPath, folderPrefix, notFound, toBytes } from './storage-path.js';

/**
 * A storage that lives as long as the object: for tests, and where nothing is to be kept.
 * @returns an empty storage; what it is given and what it gives are copies.
 */
export function memoryStorage(): Storage {
  const files = new Map<string, Uint8Array>();
  return {
    async read(path) {
      const bytes = files.get(checkedPath(path));
      if (bytes === undefined) throw notFound(path);
      return bytes.slice();
    },
    async write(path, content) {
      files.set(checkedPath(path), toBytes(content).slice());
    },
    async append(path, content) {
      const before = files.get(checkedPath(path)) ?? new Uint8Array();
      const added = toBytes(content);
      const joined = new Uint8Array(before.length + added.length);
      joined.set(before);
      joined.set(added, before.length);
      files.set(path, joined);
    },
    async list(folder) {
      const prefix = folderPrefix(folder);
      return [...files.keys()].filter((path) => path.startsWith(prefix)).sort();
    },
    async remove(path) {
      files.delete(checkedPath(path));
    },
  };
}
