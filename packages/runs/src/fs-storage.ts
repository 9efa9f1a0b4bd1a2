import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { assertOption, isSegscapeError, SegscapeError, type Storage } from '@segscape/core';
import { lockFolder, lockName } from './fs-lock.js';
import { checkedPath, folderPrefix, notFound, toBytes } from './storage-path.js';

const suffix = '.partial';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full; free some space and resume',
  EDQUOT: 'the quota is used up; free some space and resume',
  EACCES: 'no permission; choose a folder that you may write to',
  EPERM: 'no permission; choose a folder that you may write to',
  EROFS: 'the file system is read-only; choose another folder',
  ENOTDIR: 'a part of the path is a file; choose another folder',
  EISDIR: 'it is a folder; choose another name',
  EEXIST: 'a file is in the way of a folder; choose another name',
};

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? '');

function notWritable(path: string, cause: unknown): SegscapeError {
  const why = reasons[codeOf(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  return new SegscapeError('NOT_WRITABLE', `fsStorage: cannot write '${path}': ${why}.`, {
    details: { path, reason: codeOf(cause) },
    cause,
  });
}

async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch {
    // Some platforms cannot open or sync a folder; the rename itself is still atomic there.
  } finally {
    await handle?.close();
  }
}

/**
 * A folder of the file system. A write goes to a temporary file beside the target, is synced to the disk and
 * renamed over it: after a crash, a kill or a full disk the old file or the new one is there, whole. An append
 * that fails is cut back to where it began.
 * @param root path of the folder, which is made when it is first written to.
 * @returns the folder as a storage; nothing is read or written yet.
 * @throws {SegscapeError} `BAD_OPTION` for what is no path; from its methods: `NOT_FOUND`, `NOT_WRITABLE` and `CORRUPT_FILE` where the system refuses (its
 *   `details.reason` is the system's code), `BAD_OPTION` for a path that leads out of the folder, and for writing to a name that
 *   ends in `.partial`, as its temporary files do, or to `.segscape-lock`.
 */
export function fsStorage(root: string): Storage {
  assertOption(typeof root === 'string', 'fsStorage', 'root', root, 'be the path of a folder');
  const base = resolve(root);
  const full = (path: string) => join(base, checkedPath(path));
  /** Of a file that is none of the storage's own, which are not listed. */
  const writable = (path: string) => {
    const target = full(path);
    const must = `be another name: '${lockName}' and names that end in '${suffix}' are the storage's own`;
    assertOption(path !== lockName && !path.endsWith(suffix), 'fsStorage', 'path', path, must);
    return target;
  };
  // Writes to one path wait for one another: they share the temporary name.
  const queues = new Map<string, Promise<unknown>>();

  function queued<T>(path: string, action: () => Promise<T>): Promise<T> {
    const turn = (queues.get(path) ?? Promise.resolve()).then(action, action);
    const settled = turn
      .catch(() => undefined)
      .then(() => {
        if (queues.get(path) === settled) queues.delete(path);
      });
    queues.set(path, settled);
    return turn;
  }

  async function replace(target: string, content: Uint8Array) {
    await mkdir(dirname(target), { recursive: true });
    const partial = target + suffix;
    try {
      const handle = await open(partial, 'w');
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(partial, target);
    } catch (error) {
      await unlink(partial).catch(() => undefined);
      throw error;
    }
    await syncFolder(dirname(target));
  }

  async function extend(target: string, content: Uint8Array) {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(target, 'a');
    try {
      const { size } = await handle.stat();
      try {
        await handle.writeFile(content);
        await handle.datasync();
      } catch (error) {
        await handle.truncate(size).catch(() => undefined);
        throw error;
      }
    } finally {
      await handle.close();
    }
  }

  const guarded = (path: string, action: () => Promise<void>) =>
    queued(path, action).catch((error: unknown) => {
      throw notWritable(join(base, path), error);
    });

  return {
    async read(path) {
      const target = full(path);
      try {
        return new Uint8Array(await readFile(target));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(codeOf(error))) throw notFound(target, error);
        throw new SegscapeError(
          'CORRUPT_FILE',
          `fsStorage: cannot read '${target}': ${(error as Error).message}.`,
          {
            details: { path: target, reason: codeOf(error) },
            cause: error,
          },
        );
      }
    },
    async write(path, content) {
      const [target, bytes] = [writable(path), toBytes(content)];
      await guarded(path, () => replace(target, bytes));
    },
    async append(path, content) {
      const [target, bytes] = [writable(path), toBytes(content)];
      await guarded(path, () => extend(target, bytes));
    },
    async list(folder) {
      const prefix = folderPrefix(folder);
      let entries: Awaited<ReturnType<typeof list>>;
      try {
        entries = await list(join(base, prefix));
      } catch (error) {
        if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
        throw error;
      }
      return entries
        .filter((name) => !name.endsWith(suffix) && name !== lockName)
        .map((name) => prefix + name)
        .sort();
    },
    async remove(path) {
      const target = full(path);
      await guarded(path, () => rm(target, { force: true }));
    },
    async free() {
      // The folder may not be there yet; what holds it is.
      for (let folder = base; ; folder = dirname(folder)) {
        const disk = await statfs(folder).catch(() => undefined);
        if (disk !== undefined) return disk.bavail * disk.bsize;
        if (dirname(folder) === folder) return undefined;
      }
    },
    lock: () =>
      lockFolder(base).catch((error: unknown) => {
        throw isSegscapeError(error) ? error : notWritable(base, error);
      }),
  };
}

async function list(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(folder.length).split('\\').join('/').replace(/^\//, ''),
    );
}
