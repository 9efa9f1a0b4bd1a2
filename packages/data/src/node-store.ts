import { SegscapeError } from '@segscape/core';
import type { SampleStore } from './sample-store.js';

const reasonOf = (cause: unknown) => (cause as { code?: string }).code ?? String(cause);

/** Files in a folder, one an entry; each is written aside and then put in place, so that no reader sees half of one. */
export async function nodeStore(folder?: string): Promise<SampleStore> {
  const { mkdir, readFile, rename, rm, writeFile } = await import('node:fs/promises');
  const { homedir } = await import('node:os');
  const { join } = await import('node:path');
  const root = folder ?? join(homedir(), '.cache', 'segscape', 'samples');
  const placeOf = (key: string) => join(root, key.slice(0, 2), `${key}.sample`);
  return {
    async read(key) {
      try {
        return new Uint8Array(await readFile(placeOf(key)));
      } catch {
        // Absent or unreadable: it is made anew.
        return undefined;
      }
    },
    async write(key, bytes) {
      const place = placeOf(key);
      const aside = `${place}.${crypto.randomUUID()}`;
      try {
        await mkdir(join(root, key.slice(0, 2)), { recursive: true });
        await writeFile(aside, bytes);
        await rename(aside, place);
      } catch (cause) {
        await rm(aside, { force: true }).catch(() => {});
        throw new SegscapeError(
          'NOT_WRITABLE',
          `data: '${place}' cannot be written (${reasonOf(cause)}). Free space, choose another cacheFolder, or leave cache out.`,
          { details: { path: place, reason: reasonOf(cause) }, cause },
        );
      }
    },
  };
}
