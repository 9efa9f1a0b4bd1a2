import { SegscapeError } from '@segscape/core';
import type { File as Hdf5File } from 'h5wasm';
import { hasWholeHeaps } from './hdf5-heaps.js';
import { type StackKeeper, withStack } from './hdf5-stack.js';
import { zeroObjectTimes } from './hdf5-times.js';

const path = '/segscape.h5';
const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

interface MemoryFiles {
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  unlink(path: string): void;
  analyzePath(path: string): { exists: boolean };
}

async function load() {
  try {
    return await import('h5wasm');
  } catch (cause) {
    throw new SegscapeError(
      'BACKEND_UNAVAILABLE',
      "hdf5: the optional package 'h5wasm' is not installed. Run `npm install h5wasm`.",
      { cause },
    );
  }
}

/** The library, its memory file system, and errors as exceptions instead of printed traces while `action` runs. */
async function withHdf5<T>(action: (h5: typeof import('h5wasm'), fs: MemoryFiles) => T): Promise<T> {
  const h5 = await load();
  const module = await h5.ready;
  const fs = module.FS as unknown as MemoryFiles;
  return withStack(module as unknown as StackKeeper, () => {
    module.activate_throwing_error_handler();
    try {
      return action(h5, fs);
    } finally {
      module.deactivate_throwing_error_handler();
      if (fs.analyzePath(path).exists) fs.unlink(path);
    }
  });
}

/**
 * The bytes of a file that `fill` filled; the same content gives the same bytes whenever it is written.
 * @throws {SegscapeError} `BACKEND_UNAVAILABLE` when the optional package `h5wasm` is missing.
 */
export function writeHdf5(fill: (file: Hdf5File) => void): Promise<Uint8Array> {
  return withHdf5((h5, fs) => {
    const file = new h5.File(path, 'w');
    try {
      fill(file);
    } finally {
      file.close();
    }
    const bytes = fs.readFile(path).slice();
    zeroObjectTimes(bytes);
    return bytes;
  });
}

/**
 * What `read` makes of a file.
 * @param mend one sentence that says what to do about a damaged file.
 * @throws {SegscapeError} `CORRUPT_FILE` for whatever goes wrong, but `UNSUPPORTED_FORMAT` and `SHAPE_MISMATCH` of `read`.
 */
export async function readHdf5<T>(
  where: string,
  bytes: Uint8Array,
  mend: string,
  read: (file: Hdf5File) => T,
): Promise<T> {
  const corrupt = (why: string, cause?: unknown) =>
    new SegscapeError('CORRUPT_FILE', `${where}: ${why}. ${mend}`, { cause });
  if (signature.some((value, i) => bytes[i] !== value)) throw corrupt('the bytes are not an HDF5 file');
  if (!hasWholeHeaps(bytes)) throw corrupt('a heap of the HDF5 file is damaged');
  return withHdf5((h5, fs) => {
    fs.writeFile(path, bytes);
    try {
      const file = new h5.File(path, 'r');
      try {
        return read(file);
      } finally {
        file.close();
      }
    } catch (cause) {
      if (cause instanceof SegscapeError) throw cause;
      throw corrupt('the HDF5 file is damaged, or holds something else', cause);
    }
  });
}
