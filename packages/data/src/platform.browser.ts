import { SegscapeError } from '@segscape/core';
import { type ByteRange, within } from './byte-range.js';
import type { Platform } from './platform.js';

const unavailable = (what: string, instead: string) =>
  Promise.reject(new SegscapeError('BAD_OPTION', `data: ${what} is not available in a browser; ${instead}.`));

async function fetched(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init);
  if (!response.ok)
    throw new SegscapeError('NOT_FOUND', `data: cannot fetch '${path}' (status ${response.status}).`, {
      details: { path, status: response.status },
    });
  return response;
}

const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

async function readRange(path: string, range: ByteRange): Promise<Uint8Array> {
  const wanted =
    'suffixLength' in range
      ? `-${range.suffixLength}`
      : `${range.offset}-${Math.max(range.offset, range.offset + range.length - 1)}`;
  const response = await fetched(path, { headers: { range: `bytes=${wanted}` } });
  const bytes = await bytesOf(response);
  // A server may send the whole instead.
  return response.status === 206 ? bytes : bytes.subarray(...within(range, bytes.length));
}

/** zlib data by the browser's own code, given up as soon as they are more than `size` bytes. */
async function inflateStream(bytes: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  if (typeof DecompressionStream === 'undefined') return undefined;
  try {
    const source = new Blob([bytes.slice()]).stream();
    const reader = source.pipeThrough(new DecompressionStream('deflate')).getReader();
    const out = new Uint8Array(size);
    let to = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return to === size ? out : undefined;
      if (to + value.length > size) {
        await reader.cancel();
        return undefined;
      }
      out.set(value, to);
      to += value.length;
    }
  } catch {
    return undefined;
  }
}

/** A path is a URL here; folders are given as lists of files. */
export const platform: Platform = {
  readPath: async (path) => bytesOf(await fetched(path)),
  readRange,
  listFolder: () => unavailable('listing a folder', 'give the files themselves'),
  listTree: () => unavailable('listing a folder', 'give the files themselves'),
  // Browsers inflate in streams only, which can't be waited for here.
  unzlib: () => undefined,
  unzstandard: () => undefined,
  inflateStream,
  decodeJpeg: () => unavailable("decoder 'sharp'", "use decoder 'portable'"),
  // A bundler must be told of them: they are given to readDicom.
  codecs: {},
  sampleStore: () => unavailable("cache 'disk'", 'keep samples in memory: cache true'),
};
