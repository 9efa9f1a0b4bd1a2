import { existsSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { countOf, SegscapeError } from '@segscape/core';
import type { Input } from './inputs.js';

/** Where a path really is, its last parts perhaps not yet made. */
async function realTarget(path: string): Promise<string> {
  const full = resolve(path);
  const known = await realpath(full).catch(() => undefined);
  if (known !== undefined) return known;
  const parent = dirname(full);
  return parent === full ? full : join(await realTarget(parent), full.slice(parent.length + 1));
}

/**
 * Refuses a folder in which results would replace an image, or a file that an earlier `predict` did not make.
 * @param files what will be written, below `out`.
 */
export async function assertOutFolder(
  images: string,
  out: string,
  inputs: readonly Input[],
  files: readonly string[],
): Promise<void> {
  if ((await realTarget(images)) === (await realTarget(out)))
    throw new SegscapeError(
      'BAD_OPTION',
      `predict: --out is the folder of the images, '${images}', whose files the masks could replace. Give another folder.`,
      { details: { images, out } },
    );
  const sources = new Set(await Promise.all(inputs.map(({ path }) => realTarget(path))));
  for (const file of files) {
    const target = await realTarget(join(out, file));
    if (sources.has(target))
      throw new SegscapeError(
        'BAD_OPTION',
        `predict: '${join(out, file)}' is one of the images; a mask would replace it. Give another --out.`,
        { details: { file: target } },
      );
  }
  // Its own results may be made anew; whatever else lies there is not ours.
  if (existsSync(join(out, 'objects.csv'))) return;
  const there = files.find((file) => existsSync(join(out, file)));
  if (there !== undefined)
    throw new SegscapeError(
      'NOT_WRITABLE',
      `predict: '${join(out, there)}' exists already, in a folder that predict did not make (it has no objects.csv). Give an empty or a new --out.`,
      { details: { file: there } },
    );
}

/** Masks that a record of predictions names, one or one for each class. */
const masksOf = ({ mask, masks }: { mask?: unknown; masks?: unknown }): string[] =>
  [mask, ...Object.values(masks ?? {})].filter((file) => typeof file === 'string');

/** The images that the record of an earlier `predict` tells of; none where it is not ours. */
async function recordedIn(out: string): Promise<readonly object[]> {
  try {
    const { images } = JSON.parse(await readFile(join(out, 'prediction.json'), 'utf8')) as {
      images?: unknown;
    };
    return Array.isArray(images) ? images.filter((one) => typeof one === 'object' && one !== null) : [];
  } catch {
    return [];
  }
}

/**
 * What is to be said of masks of an earlier `predict` that stay in the folder: its tables will not speak of them any more.
 * @param files what will be written, below `out`.
 */
export async function staleNotes(out: string, files: readonly string[]): Promise<string[]> {
  const made = new Set(files);
  const stale = (await recordedIn(out))
    .flatMap(masksOf)
    .filter((file) => !made.has(file) && existsSync(join(out, file)));
  if (stale.length === 0) return [];
  const named = `${countOf(stale.length, 'mask')} of an earlier predict (${stale[0]}${stale.length > 1 ? ', …' : ''})`;
  return [
    `${named} ${stale.length === 1 ? 'stays' : 'stay'} in ${out}; objects.csv and prediction.json will be of these images alone.`,
  ];
}
