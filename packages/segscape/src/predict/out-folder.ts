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

/** Every path in a part of a record: the text itself, or that of each class. */
const textsIn = (part: unknown): string[] =>
  typeof part === 'string' ? [part] : Object.values(part ?? {}).filter((file) => typeof file === 'string');

/** The files that a record of predictions names for one image. */
const filesOf = (image: Readonly<Record<string, unknown>>): string[] =>
  ['mask', 'masks', 'instances', 'overlay', 'probabilities'].flatMap((key) => textsIn(image[key]));

/** The files that earlier predictions say they made here; none where the record is not ours. */
export async function earlierFiles(out: string): Promise<readonly string[]> {
  try {
    const { images, earlier } = JSON.parse(await readFile(join(out, 'prediction.json'), 'utf8')) as {
      images?: unknown;
      earlier?: unknown;
    };
    const own = Array.isArray(images) ? images.filter((one) => typeof one === 'object' && one !== null) : [];
    return [...new Set([...own.flatMap(filesOf), ...textsIn(earlier)])];
  } catch {
    return [];
  }
}

/**
 * Those that were not made anew, and still lie there: the tables do not speak of them any more.
 * @param made what this time has written, below `out`.
 */
export const staleFiles = (
  earlier: readonly string[],
  made: ReadonlySet<string>,
  out: string,
): readonly string[] => earlier.filter((file) => !made.has(file) && existsSync(join(out, file)));

/** What is to be said of them. */
export function staleNotes(stale: readonly string[], out: string): string[] {
  if (stale.length === 0) return [];
  const named = `${countOf(stale.length, 'file')} of an earlier predict (${stale[0]}${stale.length > 1 ? ', …' : ''})`;
  return [
    `${named} ${stale.length === 1 ? 'stays' : 'stay'} in ${out}; objects.csv and the images of prediction.json are of this one alone.`,
  ];
}
