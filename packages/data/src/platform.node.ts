import { type Raster, SegscapeError } from '@segscape/core';
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
    return await readFile(path);
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
      entries.map(async (entry) =>
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

async function decodeJpeg(bytes: Uint8Array): Promise<Raster> {
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
  const { data, info } = await sharp(bytes, { limitInputPixels: false })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: Uint8Array.from(data), height: info.height, width: info.width, channels: info.channels };
}

/** Files from Node's file system, and sharp where it is installed. */
export const platform: Platform = { readPath, listFolder, listTree, decodeJpeg };
