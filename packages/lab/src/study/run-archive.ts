import { SegscapeError, type Storage } from '@segscape/core';
import type { RunFigure } from '@segscape/report';
import { type Unzipped, unzipSync, type Zippable, zipSync } from 'fflate';

/** What is compressed already, or does not shrink. */
const stored = /\.(png|h5|safetensors)$/;

/** The same files make the same zip. */
const mtime = '1980-01-01T00:00:00';

/** A run folder as a zip with one folder of its name. */
export async function zipRun(storage: Storage, name: string): Promise<Uint8Array> {
  const files: Zippable = {};
  for (const path of await storage.list(''))
    files[`${name}/${path}`] = [await storage.read(path), { level: stored.test(path) ? 0 : 6, mtime }];
  // All of it at once: this runs in a worker, and fflate's own would need a policy that lets blobs be code.
  return zipSync(files);
}

/** Files by their names as a zip. */
export const zipFiles = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(
    Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [
        name,
        [bytes, { level: stored.test(name) ? 0 : 6, mtime }] as const,
      ]),
    ) as Zippable,
  );

/** Figures as a zip of SVG files. */
export const zipFigures = (figures: readonly RunFigure[]): Uint8Array =>
  zipFiles(
    Object.fromEntries(figures.map(({ name, svg }) => [`${name}.svg`, new TextEncoder().encode(svg)])),
  );

function unpacked(bytes: Uint8Array): Unzipped {
  try {
    return unzipSync(bytes);
  } catch (cause) {
    throw new SegscapeError(
      'CORRUPT_FILE',
      `This is not a zip that can be read (${(cause as Error).message}).`,
      { cause },
    );
  }
}

/**
 * Puts the files of a zipped run folder into a storage.
 * @throws {SegscapeError} `CORRUPT_FILE`; `NOT_FOUND` when the zip holds no run.
 */
export async function unzipRun(bytes: Uint8Array, storage: Storage): Promise<void> {
  const files = unpacked(bytes);
  const config = Object.keys(files)
    .filter((path) => path === 'config.yaml' || path.endsWith('/config.yaml'))
    .sort((a, b) => a.length - b.length)[0];
  if (config === undefined)
    throw new SegscapeError('NOT_FOUND', 'This zip holds no config.yaml, so it is not that of a run folder.');
  const root = config.slice(0, -'config.yaml'.length);
  for (const [path, content] of Object.entries(files)) {
    const inner = path.slice(root.length);
    // Storages refuse what leads out of them; folders have no content.
    if (path.startsWith(root) && inner !== '' && !path.endsWith('/')) await storage.write(inner, content);
  }
}
