import { access, mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SegscapeError } from '@segscape/core';

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'a file of that name is in the way',
  ENOTDIR: 'a part of the path is a file',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

export interface RunFolder {
  /** Removes what was made, as long as nothing was written into it. */
  abandon(): Promise<void>;
}

/**
 * Makes the folder of a new run or judgement, and proves that it can be written before any work is done.
 * @throws {SegscapeError} `NOT_WRITABLE`, also when it holds a run already.
 */
export async function makeRunFolder(where: 'run' | 'judge', folder: string): Promise<RunFolder> {
  const occupied = await access(join(folder, 'config.yaml')).then(
    () => true,
    () => false,
  );
  if (occupied)
    throw new SegscapeError(
      'NOT_WRITABLE',
      `${where}: '${folder}' already holds a run. ${where === 'run' ? 'Go on with it by --resume, or choose' : 'Choose'} another folder with --out.`,
    );
  const probe = join(folder, `.writable-${process.pid}`);
  try {
    const made = await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return { abandon: () => removeEmpty(folder, made) };
  } catch (cause) {
    const why = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? (cause as Error).message;
    throw new SegscapeError(
      'NOT_WRITABLE',
      `${where}: the output folder '${folder}' cannot be written: ${why}. Choose another with --out.`,
      { details: { folder }, cause },
    );
  }
}

/** Removes empty folders upwards, down to the first that was made; a folder with anything in it stays. */
async function removeEmpty(folder: string, first: string | undefined): Promise<void> {
  if (first === undefined) return;
  for (let path = folder; path.length >= first.length; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return; // not empty: it holds something worth keeping
    }
  }
}
