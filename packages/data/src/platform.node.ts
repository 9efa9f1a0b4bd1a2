import { type Raster, SegscapeError } from '@segscape/core';
import { type ByteRange, within } from './byte-range.js';
import { Unsupported } from './decode/faults.js';
import { nodeStore } from './node-store.js';
import type { Platform } from './platform.js';

const failed = (path: string, cause: unknown): SegscapeError =>
  new SegscapeError(
    'NOT_FOUND',
    `data: cannot read '${path}' (${(cause as { code?: string }).code ?? cause}).`,
    {
      details: { path },
      cause,
    },
  );

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

async function listTree(path: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const nested = await Promise.all(
      entries
        .filter(({ name }) => !name.startsWith('.'))
        .map(async (entry) =>
          entry.isDirectory()
            ? (await listTree(`${path}/${entry.name}`)).map((file) => `${entry.name}/${file}`)
            : [entry.name],
        ),
    );
    return nested.flat();
  } catch (cause) {
    throw failed(path, cause);
  }
}

async function decodeJpeg(bytes: Uint8Array, upright: boolean, maxBytes: number): Promise<Raster> {
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
  const { space, width, height } = await input.metadata();
  if (width * height * (space === 'b-w' ? 1 : 3) > maxBytes)
    throw new Unsupported(`it has ${width}×${height} pixels, and maxBytes is ${maxBytes}; raise maxBytes`);
  // Inks become colours; gray stays one channel.
  const plain = (upright ? input.rotate() : input).toColourspace(space === 'b-w' ? 'b-w' : 'srgb');
  const { data, info } = await plain.raw().toBuffer({ resolveWithObject: true });
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
  listTree,
  unzlib,
  unzstandard,
  decodeJpeg,
  codecs,
  sampleStore: nodeStore,
};
