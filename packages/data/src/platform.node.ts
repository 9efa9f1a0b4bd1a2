import type { Dirent } from 'node:fs';
import { type Raster, SegscapeError } from '@segscape/core';
import { type ByteRange, within } from './byte-range.js';
import { Unsupported } from './decode/faults.js';
import { nodeStore } from './node-store.js';
import type { Platform } from './platform.js';

/** What a relative path starts from, where that may be why there is nothing. */
const startOf = (path: string, code: string | undefined): string =>
  code === 'ENOENT' && !/^([/\\]|[a-z]:)/i.test(path) ? ` in '${process.cwd()}'` : '';

function failed(path: string, cause: unknown): SegscapeError {
  const { code } = cause as { code?: string };
  return new SegscapeError(
    'NOT_FOUND',
    `data: cannot read '${path}'${startOf(path, code)} (${code ?? cause}).`,
    { details: { path }, cause },
  );
}

async function readPath(path: string): Promise<Uint8Array> {
  const { readFile } = await import('node:fs/promises');
  try {
    const bytes = await readFile(path);
    // A plain array, not a Buffer, whose slices share memory.
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch (cause) {
    throw failed(path, cause);
  }
}

async function readRange(path: string, range: ByteRange): Promise<Uint8Array> {
  const { open } = await import('node:fs/promises');
  try {
    const file = await open(path);
    try {
      const [from, to] = within(range, (await file.stat()).size);
      const bytes = new Uint8Array(to - from);
      let filled = 0;
      while (filled < bytes.length) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, from + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw failed(path, cause);
  }
}

async function listFolder(path: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch (cause) {
    throw failed(path, cause);
  }
}

/**
 * Files of a folder and of those below it, through links too: data often lie elsewhere.
 * @param above the folders that it lies in, into which no link is followed back.
 */
async function listTree(path: string, above: readonly string[] = []): Promise<string[]> {
  const { readdir, realpath, stat } = await import('node:fs/promises');
  try {
    const own = await realpath(path);
    if (above.includes(own)) return [];
    const isFolder = async (entry: Dirent): Promise<boolean> => {
      if (!entry.isSymbolicLink()) return entry.isDirectory();
      // A link to nothing stays a file, so that whoever reads it says so.
      const target = await stat(`${path}/${entry.name}`).catch(() => undefined);
      return target?.isDirectory() ?? false;
    };
    const entries = await readdir(path, { withFileTypes: true });
    const nested = await Promise.all(
      entries
        .filter(({ name }) => !name.startsWith('.'))
        .map(async (entry) => {
          if (!(await isFolder(entry))) return [entry.name];
          const files = await listTree(`${path}/${entry.name}`, [...above, own]);
          return files.map((file) => `${entry.name}/${file}`);
        }),
    );
    return nested.flat();
  } catch (cause) {
    throw failed(path, cause);
  }
}

/** What is known of a picture whose header sharp does not take. */
const unread = { space: undefined, width: 0, height: 0 };

async function decodeJpeg(
  bytes: Uint8Array,
  upright: boolean,
  maxBytes: number,
): Promise<Raster | undefined> {
  let sharp: typeof import('sharp').default;
  try {
    sharp = (await import('sharp')).default;
  } catch (cause) {
    throw new SegscapeError(
      'BAD_OPTION',
      "data: decoder 'sharp' needs the package sharp; install it, or use decoder 'portable'.",
      { cause },
    );
  }
  const input = sharp(bytes, { limitInputPixels: false, failOn: 'warning' });
  const { space, width, height } = await input.metadata().catch(() => unread);
  // Inks go through a colour profile there, and would be other colours than everywhere else.
  if (space === undefined || space === 'cmyk') return undefined;
  const gray = space === 'b-w';
  if (width * height * (gray ? 1 : 3) > maxBytes)
    throw new Unsupported(`it has ${width}×${height} pixels, and maxBytes is ${maxBytes}; raise maxBytes`);
  const plain = (upright ? input.rotate() : input).toColourspace(gray ? 'b-w' : 'srgb');
  const read = await plain
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(() => undefined);
  if (read === undefined) return undefined;
  const { data, info } = read;
  return { data: new Uint8Array(data), height: info.height, width: info.width, channels: info.channels };
}

function unzlib(bytes: Uint8Array, size: number): Uint8Array | undefined {
  // Not imported, since this can't be waited for, and other places that take this file for theirs may lack it.
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  try {
    // In one piece, with room to see that nothing follows; a larger result is refused by zlib.
    const out = zlib?.inflateSync(bytes, { chunkSize: size + 64, maxOutputLength: size });
    return out?.length === size ? new Uint8Array(out.buffer, out.byteOffset, size) : undefined;
  } catch {
    return undefined;
  }
}

/** What Node has of Zstandard since 22.15 and 23.8. */
interface Zstandard {
  readonly inflateSync: unknown;
  zstdDecompressSync?(
    frame: Uint8Array,
    options: { chunkSize: number; maxOutputLength: number; params: Record<number, number> },
  ): Uint8Array;
}

/** The most bytes that a frame may look back, as a power of two. */
const windowLogMax = 100;

function unzstandard(frame: Uint8Array, lengths: readonly number[]): Uint8Array | undefined {
  const zlib: Zstandard | undefined = globalThis.process?.getBuiltinModule?.('node:zlib');
  const most = Math.max(...lengths);
  try {
    // No window is larger than what comes out, or than the 8 MiB that every reader should have (RFC 8878, 3.1.1.1.2).
    const params = { [windowLogMax]: Math.min(31, Math.max(23, Math.ceil(Math.log2(most)))) };
    const options = { chunkSize: most + 64, maxOutputLength: most, params };
    const out = zlib?.zstdDecompressSync?.(frame, options);
    if (out === undefined || !lengths.includes(out.length)) return undefined;
    return new Uint8Array(out.buffer, out.byteOffset, out.length);
  } catch {
    return undefined;
  }
}

/** By names that no bundler follows: the packages are optional. */
const load = (name: string) => () => import(name);
const codecs = {
  jpegLs: load('@cornerstonejs/codec-charls/decode'),
  jpeg2000: load('@cornerstonejs/codec-openjpeg/decode'),
};

/** Files from Node's file system, sharp and the codecs where they are installed. */
export const platform: Platform = {
  readPath,
  readRange,
  listFolder,
  listTree: (path) => listTree(path),
  unzlib,
  unzstandard,
  decodeJpeg,
  codecs,
  sampleStore: nodeStore,
};
