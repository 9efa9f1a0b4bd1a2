import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';
import { type GuessedLayout, guessLayout as guessed } from '@segscape/data';

/** How the images and masks of a folder lie, as `data` of a config. */
export interface GuessedData {
  readonly kind: 'folder' | 'stack' | 'nnunet';
  readonly [option: string]: unknown;
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_FOUND',
      `'${folder}' is no folder that can be read (${(cause as Error).message}).`,
      { details: { path: folder }, cause },
    );
  });
}

/** Files of a folder and of the folders in it, by their paths below it. */
async function filesOf(folder: string): Promise<string[]> {
  const entries = await entriesOf(folder);
  const nested = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(async ({ name }) =>
        (await entriesOf(join(folder, name)))
          .filter((entry) => entry.isFile())
          .map((entry) => `${name}/${entry.name}`),
      ),
  );
  return [...entries.filter((entry) => entry.isFile()).map(({ name }) => name), ...nested.flat()];
}

/** The paths of what was guessed, from here. */
function placed(folder: string, layout: GuessedLayout): GuessedData {
  if (layout.kind === 'nnunet') return { kind: 'nnunet', root: folder };
  const { images, masks, split, ...rest } = layout;
  return {
    ...rest,
    images: join(folder, images),
    ...(masks !== undefined && { masks: join(folder, masks) }),
    ...(split !== undefined && { split: join(folder, split) }),
  };
}

/**
 * Finds images and masks in a folder by the names that people give.
 * @throws {SegscapeError} `NOT_FOUND`, `EMPTY_DATASET` that says what was looked for.
 */
export async function guessLayout(given: string): Promise<GuessedData> {
  const folder = resolve(given);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new SegscapeError(
      'NOT_FOUND',
      `'${given}' is no folder. Give the one that holds images and masks.`,
      { details: { path: folder } },
    );
  const layout = guessed(await filesOf(folder));
  if (layout !== undefined) return placed(folder, layout);
  throw new SegscapeError(
    'EMPTY_DATASET',
    `'${given}' has no images with masks that could be told by their names. Looked for folders like images and masks, files like a.png with a_mask.png (also in folders of patients), and nnU-Net's dataset.json. Say it with --images DIR --masks DIR, or --layout.`,
    { details: { folder } },
  );
}
