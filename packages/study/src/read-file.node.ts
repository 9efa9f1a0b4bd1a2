import { SegscapeError } from '@segscape/core';

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
