import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { SegscapeError } from '@segscape/core';

/** How a refusal is worded. */
export interface NewFileWords {
  /** The command, for errors. */
  readonly where: string;
  /** What else to do: `choose another file`. */
  readonly advice: string;
  /** What is said of a file that is there; default that nothing is overwritten. */
  readonly taken?: string;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'it is a folder',
};

const full: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
};

function notWritable(path: string, { where, advice, taken }: NewFileWords, cause: unknown): SegscapeError {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const said = `${advice[0]!.toUpperCase()}${advice.slice(1)}`;
  const text =
    code === 'EEXIST'
      ? `${taken ?? 'is there already, and nothing is overwritten'}. ${said}`
      : code in full
        ? `cannot be written: ${full[code]}. Free some space, or ${advice}`
        : `cannot be written: ${reasons[code] ?? message}. ${said}`;
  return new SegscapeError('NOT_WRITABLE', `${where}: '${path}' ${text}.`, { details: { path }, cause });
}

/** Gives a file that is whole its name, unless that is taken. */
async function named(partial: string, path: string): Promise<void> {
  try {
    await link(partial, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    // Some file systems know no second names.
    await writeFile(path, '', { flag: 'wx' });
    await rename(partial, path).catch(async (cause: unknown) => {
      await rm(path, { force: true });
      throw cause;
    });
  }
}

/**
 * Writes files that are not there yet: all of them whole, or none. What is written stands beside its place until then.
 * @throws {SegscapeError} `NOT_WRITABLE` where one is there already, or the system refuses; nothing is left then.
 */
export async function writeNew(
  files: readonly (readonly [path: string, content: string | Uint8Array])[],
  words: NewFileWords,
): Promise<void> {
  const partialOf = (path: string) => `${path}.${process.pid}.partial`;
  const made: string[] = [];
  let at = '';
  try {
    for (const [path, content] of files) {
      at = path;
      await writeFile(partialOf(path), content, { flush: true });
    }
    for (const [path] of files) {
      at = path;
      await named(partialOf(path), path);
      made.push(path);
    }
  } catch (cause) {
    for (const path of made) await rm(path, { force: true });
    throw notWritable(at, words, cause);
  } finally {
    for (const [path] of files) await rm(partialOf(path), { force: true }).catch(() => undefined);
  }
}

/** Makes a folder with what it lies in, where it is not there. */
export async function makeFolder(path: string, words: NewFileWords): Promise<void> {
  await mkdir(path, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    throw notWritable(path, { ...words, taken: 'is a file' }, cause);
  });
}
