import { SegscapeError } from '@segscape/core';
import type { Platform } from './platform.js';

const unavailable = (what: string, instead: string) =>
  Promise.reject(new SegscapeError('BAD_OPTION', `data: ${what} is not available in a browser; ${instead}.`));

async function readPath(path: string): Promise<Uint8Array> {
  const response = await fetch(path);
  if (!response.ok)
    throw new SegscapeError('NOT_FOUND', `data: cannot fetch '${path}' (status ${response.status}).`, {
      details: { path, status: response.status },
    });
  return new Uint8Array(await response.arrayBuffer());
}

/** A path is a URL here; folders are given as lists of files. */
export const platform: Platform = {
  readPath,
  listFolder: () => unavailable('listing a folder', 'give the files themselves'),
  listTree: () => unavailable('listing a folder', 'give the files themselves'),
  // Browsers inflate in streams only, which can't be waited for here.
  unzlib: () => undefined,
  decodeJpeg: () => unavailable("decoder 'sharp'", "use decoder 'portable'"),
  // A bundler must be told of them: they are given to readDicom.
  codecs: {},
  sampleStore: () => unavailable("cache 'disk'", 'keep samples in memory: cache true'),
};
