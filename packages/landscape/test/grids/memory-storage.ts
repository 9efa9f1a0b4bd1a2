import { SegscapeError, type Storage } from '@segscape/core';

/** A storage in memory, with its files. */
export function memoryStorage(): Storage & { files: Map<string, string> } {
  const files = new Map<string, string>();
  const text = (content: Uint8Array | string) =>
    typeof content === 'string' ? content : new TextDecoder().decode(content);
  return {
    files,
    async read(path) {
      const found = files.get(path);
      if (found === undefined) throw new SegscapeError('NOT_FOUND', path);
      return new TextEncoder().encode(found);
    },
    write: async (path, content) => void files.set(path, text(content)),
    append: async (path, content) => void files.set(path, (files.get(path) ?? '') + text(content)),
    list: async () => [...files.keys()],
    remove: async (path) => void files.delete(path),
  };
}
