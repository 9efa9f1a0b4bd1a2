import { isSegscapeError, type Storage } from '@segscape/core';

/** What a run's folder holds as JSON at a path; undefined where it holds nothing there yet. */
export async function recordedJson<T>(storage: Storage, path: string): Promise<T | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await storage.read(path))) as T;
  } catch (error) {
    if (isSegscapeError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}

/** The same of a run that is not mended yet: a damaged file, which will be told of and written again, counts as none. */
export const soundJson = <T>(storage: Storage, path: string): Promise<T | undefined> =>
  recordedJson<T>(storage, path).catch((error: unknown) => {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  });
