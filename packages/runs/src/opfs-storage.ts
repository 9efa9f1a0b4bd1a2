import { SegscapeError, type Storage } from '@segscape/core';
import { checkedPath, folderPrefix, notFound, toBytes } from './storage-path.js';

/** Also a file where a folder should be, and the other way round. */
const isMissing = (error: unknown) =>
  error instanceof Error && ['NotFoundError', 'TypeMismatchError'].includes(error.name);

function notWritable(path: string, cause: unknown): SegscapeError {
  const full = cause instanceof Error && cause.name === 'QuotaExceededError';
  const why = full
    ? "the browser's quota for this site is used up. Remove old runs"
    : `${cause instanceof Error ? cause.message : String(cause)}`;
  return new SegscapeError('NOT_WRITABLE', `opfsStorage: cannot write '${path}': ${why}.`, {
    details: { path },
    cause,
  });
}

/**
 * The browser's private file system (OPFS), or any folder the user has picked (`showDirectoryPicker`). A file is
 * replaced when its writing is closed, so a closed tab leaves the old one.
 * @param directory the folder. Default: the root of the site's private file system.
 * @returns the folder as a storage; nothing is read or written yet.
 * @throws {SegscapeError} from its methods: `NOT_FOUND`, `NOT_WRITABLE` (also when the quota is used up), `CORRUPT_FILE` where the browser
 *   cannot read, `BAD_OPTION` for a path that leads out of the folder.
 */
export function opfsStorage(directory?: FileSystemDirectoryHandle): Storage {
  const root = async () => directory ?? navigator.storage.getDirectory();

  async function folderOf(path: string, create: boolean) {
    const parts = path.split('/');
    const name = parts.pop() as string;
    let folder = await root();
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return { folder, name };
  }

  async function put(path: string, content: Uint8Array | string, keep: boolean) {
    checkedPath(path);
    const bytes = toBytes(content);
    try {
      const { folder, name } = await folderOf(path, true);
      const handle = await folder.getFileHandle(name, { create: true });
      const size = keep ? (await handle.getFile()).size : 0;
      const writable = await handle.createWritable({ keepExistingData: keep });
      try {
        if (keep) await writable.seek(size);
        await writable.write(bytes as Uint8Array<ArrayBuffer>);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined);
        throw error;
      }
    } catch (error) {
      throw notWritable(path, error);
    }
  }

  async function* walk(folder: FileSystemDirectoryHandle, prefix: string): AsyncGenerator<string> {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === 'directory') yield* walk(handle as FileSystemDirectoryHandle, `${prefix}${name}/`);
      else yield prefix + name;
    }
  }

  return {
    async read(path) {
      checkedPath(path);
      try {
        const { folder, name } = await folderOf(path, false);
        const file = await (await folder.getFileHandle(name)).getFile();
        return new Uint8Array(await file.arrayBuffer());
      } catch (error) {
        if (isMissing(error)) throw notFound(path, error);
        throw new SegscapeError(
          'CORRUPT_FILE',
          `opfsStorage: cannot read '${path}': ${(error as Error).message}.`,
          { details: { path }, cause: error },
        );
      }
    },
    write: (path, content) => put(path, content, false),
    append: (path, content) => put(path, content, true),
    async list(folder) {
      const prefix = folderPrefix(folder);
      try {
        const from = prefix === '' ? await root() : await enter(await root(), prefix);
        const paths: string[] = [];
        for await (const path of walk(from, prefix)) paths.push(path);
        return paths.sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async remove(path) {
      checkedPath(path);
      try {
        const { folder, name } = await folderOf(path, false);
        await folder.removeEntry(name);
      } catch (error) {
        if (!isMissing(error)) throw notWritable(path, error);
      }
    },
    async free() {
      const { quota, usage = 0 } = await navigator.storage.estimate();
      return quota === undefined ? undefined : Math.max(0, quota - usage);
    },
  };
}

async function enter(root: FileSystemDirectoryHandle, prefix: string): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const part of prefix.slice(0, -1).split('/')) folder = await folder.getDirectoryHandle(part);
  return folder;
}
