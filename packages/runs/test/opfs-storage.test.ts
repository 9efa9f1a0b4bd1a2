import { isSegscapeError } from '@segscape/core';
import { describe, expect, test } from 'vitest';
import { createRun, openRun, opfsStorage } from '../src/index.js';

const missing = () => new DOMException('not there', 'NotFoundError');
const otherKind = () => new DOMException('of another kind', 'TypeMismatchError');

/** The part of the File System API that is used, in memory; `quota` bytes a file at most. */
class Folder {
  readonly kind = 'directory';
  readonly children = new Map<string, Folder | FileHandle>();
  constructor(readonly quota: number) {}
  async getDirectoryHandle(name: string, { create = false } = {}) {
    const found = this.children.get(name) ?? (create ? new Folder(this.quota) : undefined);
    if (!(found instanceof Folder)) throw found === undefined ? missing() : otherKind();
    this.children.set(name, found);
    return found;
  }
  async getFileHandle(name: string, { create = false } = {}) {
    const found = this.children.get(name) ?? (create ? new FileHandle(this.quota) : undefined);
    if (!(found instanceof FileHandle)) throw found === undefined ? missing() : otherKind();
    this.children.set(name, found);
    return found;
  }
  async removeEntry(name: string) {
    if (!this.children.delete(name)) throw missing();
  }
  async *entries() {
    yield* this.children.entries();
  }
}

class FileHandle {
  readonly kind = 'file';
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array();
  constructor(readonly quota: number) {}
  async getFile() {
    return new Blob([this.bytes]);
  }
  async createWritable({ keepExistingData = false } = {}) {
    let swap = keepExistingData ? [...this.bytes] : [];
    let at = 0;
    return {
      seek: async (place: number) => {
        at = place;
      },
      write: async (bytes: Uint8Array) => {
        if (at + bytes.length > this.quota) throw new DOMException('full', 'QuotaExceededError');
        swap = [...swap.slice(0, at), ...bytes];
      },
      close: async () => {
        this.bytes = Uint8Array.from(swap);
      },
      abort: async () => undefined,
    };
  }
}

const storageOf = (quota = 1e6) => opfsStorage(new Folder(quota) as unknown as FileSystemDirectoryHandle);

describe('opfsStorage (over a stand-in for the browser’s file system)', () => {
  test('writes, appends, lists and removes', async () => {
    const storage = storageOf();
    await storage.write('a/b/one.txt', 'one');
    await storage.append('a/b/one.txt', '+two');
    await storage.write('c.txt', 'c');
    expect(new TextDecoder().decode(await storage.read('a/b/one.txt'))).toBe('one+two');
    expect(await storage.list('')).toEqual(['a/b/one.txt', 'c.txt']);
    expect(await storage.list('a')).toEqual(['a/b/one.txt']);
    expect(await storage.list('nowhere')).toEqual([]);
    await storage.remove('c.txt');
    await storage.remove('c.txt');
    await expect(storage.read('c.txt')).rejects.toSatisfy((error) => isSegscapeError(error, 'NOT_FOUND'));
  });

  test('a used-up quota is NOT_WRITABLE, and the old file stays', async () => {
    const storage = storageOf(10);
    await storage.write('a', 'old');
    await expect(storage.write('a', 'x'.repeat(11))).rejects.toThrow(
      "cannot write 'a': the browser's quota for this site is used up",
    );
    await expect(storage.append('a', 'x'.repeat(11))).rejects.toSatisfy((error) =>
      isSegscapeError(error, 'NOT_WRITABLE'),
    );
    expect(new TextDecoder().decode(await storage.read('a'))).toBe('old');
  });

  test('a path that leads out is BAD_OPTION in every method, and a file in the place of a folder none of its files', async () => {
    const storage = storageOf();
    await storage.write('a', 'x');
    const calls = [
      storage.read,
      storage.remove,
      storage.list,
      ...[storage.write, storage.append].map((put) => (path: string) => put(path, 'x')),
    ];
    for (const call of calls)
      await expect(call('../a')).rejects.toSatisfy((error) => isSegscapeError(error, 'BAD_OPTION'));
    await expect(storage.read('a/b')).rejects.toSatisfy((error) => isSegscapeError(error, 'NOT_FOUND'));
    expect(await storage.list('a')).toEqual([]);
    await expect(storage.write('a/b', 'x')).rejects.toSatisfy((error) =>
      isSegscapeError(error, 'NOT_WRITABLE'),
    );
  });

  test('holds a run', async () => {
    const storage = storageOf();
    const run = await createRun(storage, { epochs: 1 });
    await run.recordEpoch({ loss: 'dice', seed: 0, epoch: 1, measures: { train: { loss: 1 } } });
    expect(await (await openRun(storage)).history()).toHaveLength(1);
  });
});
