import { SegscapeError, type Storage } from '@segscape/core';

/** Bytes at a URL. @throws {SegscapeError} `NOT_FOUND`. */
export async function readFile(path: string): Promise<Uint8Array> {
  const answer = await fetch(path).catch((cause: unknown) => {
    throw new SegscapeError('NOT_FOUND', `config: cannot load '${path}'.`, { details: { path }, cause });
  });
  if (answer.ok) return new Uint8Array(await answer.arrayBuffer());
  throw new SegscapeError('NOT_FOUND', `config: cannot load '${path}' (HTTP ${answer.status}).`, {
    details: { path },
  });
}

/** A browser has no folders by path. */
export const runAt = async (_path: string): Promise<Storage | undefined> => undefined;
