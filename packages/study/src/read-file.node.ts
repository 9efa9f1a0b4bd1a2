import { SegscapeError, type Storage } from '@segscape/core';

/** Bytes of a file. @throws {SegscapeError} `NOT_FOUND`. */
export async function readFile(path: string): Promise<Uint8Array> {
  const { readFile: read } = await import('node:fs/promises');
  try {
    return Uint8Array.from(await read(path));
  } catch (cause) {
    throw new SegscapeError(
      'NOT_FOUND',
      `config: cannot read '${path}' (${(cause as { code?: string }).code ?? cause}).`,
      { details: { path }, cause },
    );
  }
}

/** The run folder at a path; undefined where that is a file, or nothing. */
export async function runAt(path: string): Promise<Storage | undefined> {
  const { stat } = await import('node:fs/promises');
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return undefined;
  const { fsStorage } = await import('@segscape/runs/node');
  return fsStorage(path);
}
