import { SegscapeError } from '@segscape/core';
import { type Dataset, type FolderOptions, folderDataset } from '@segscape/data';
import { defineKind, studyRegistry, withKinds } from '@segscape/study';
import { shelf } from './run-shelf.js';

/** How picked masks are to be read. */
export type MaskReading = Pick<FolderOptions, 'classes' | 'maskThreshold' | 'channels' | 'scale'>;

export interface PictureFailure {
  readonly file: string;
  readonly problem: string;
}

/** Pictures that were kept, and those that could not be. */
export interface KeptPictures {
  readonly folder: string;
  readonly pairs: number;
  /** Factor of both sides that makes the largest picture as large as a tab works on with ease; at most 1. */
  readonly scale: number;
  readonly failures: readonly PictureFailure[];
}

const root = 'segscape-pictures';
const easyPixels = 256 * 256;
const picture = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m)$/i;
/** Endings of mask names beside images' names, the commonest first. */
const suffixes = ['', '_mask', '_label', '_labels', '_gt', '_seg', '_segmentation', '-mask'];
const stem = (name: string) => name.replace(picture, '').normalize();

interface Pair {
  readonly image: File;
  readonly mask: File;
}

/** Pairs by name: equal stems, or masks with the ending that most names have a partner with. */
export function pairPictures(
  images: readonly File[],
  masks: readonly File[],
): { pairs: Pair[]; failures: PictureFailure[] } {
  const byStem = new Map(
    masks.filter(({ name }) => picture.test(name)).map((mask) => [stem(mask.name), mask]),
  );
  const pictures = images.filter(({ name }) => picture.test(name));
  const hits = (suffix: string) => pictures.filter(({ name }) => byStem.has(stem(name) + suffix)).length;
  const suffix = [...suffixes].sort((a, b) => hits(b) - hits(a))[0]!;
  const pairs: Pair[] = [];
  const failures: PictureFailure[] = [];
  for (const image of pictures) {
    const mask = byStem.get(stem(image.name) + suffix);
    if (mask) pairs.push({ image, mask });
    else
      failures.push({
        file: image.name,
        problem: `There is no mask '${stem(image.name)}${suffix}'. Add it, or leave the image out.`,
      });
  }
  const used = new Set(pairs.map(({ mask }) => mask));
  for (const mask of byStem.values())
    if (!used.has(mask))
      failures.push({
        file: mask.name,
        problem: 'No image belongs to this mask. Add its image, or leave the mask out.',
      });
  return { pairs, failures };
}

const namedAs = (file: File, name: string) => new File([file], name, { type: file.type });

/** Reads every pair, keeps those that can be read in the private file system, and tells why of the others. */
export async function keepPictures(
  images: readonly File[],
  masks: readonly File[],
  reading: MaskReading,
): Promise<KeptPictures> {
  const { pairs, failures } = pairPictures(images, masks);
  const folder = `pictures-${new Date().toISOString().replace(/[:.]/g, '-')}`;
  let kept = 0;
  let largest = 1;
  for (const { image, mask } of pairs) {
    try {
      const ending = picture.exec(mask.name)![0];
      const alike = namedAs(mask, `${stem(image.name)}${ending}`);
      const single = await folderDataset({ images: [image], masks: [alike], ...reading });
      const { image: read } = await single.get(0);
      largest = Math.max(largest, read.height * read.width);
      await shelf.write(`${root}/${folder}/images/${image.name}`, new Uint8Array(await image.arrayBuffer()));
      await shelf.write(`${root}/${folder}/masks/${alike.name}`, new Uint8Array(await mask.arrayBuffer()));
      kept++;
    } catch (error) {
      failures.push({ file: image.name, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  const scale = Math.min(1, Number(Math.sqrt(easyPixels / largest).toPrecision(3)));
  return { folder, pairs: kept, scale, failures };
}

async function filesUnder(path: string): Promise<File[]> {
  const paths = await shelf.list(path);
  return Promise.all(
    paths.map(
      async (file) => new File([(await shelf.read(file)) as Uint8Array<ArrayBuffer>], file.split('/').pop()!),
    ),
  );
}

/** The kept pictures of a folder. @throws {SegscapeError} `NOT_FOUND` when they are not in this browser (any more). */
async function pickedDataset({
  folder,
  ...reading
}: MaskReading & { readonly folder: string }): Promise<Dataset> {
  const [images, masks] = await Promise.all([
    filesUnder(`${root}/${folder}/images`),
    filesUnder(`${root}/${folder}/masks`),
  ]);
  if (images.length === 0)
    throw new SegscapeError(
      'NOT_FOUND',
      `The pictures '${folder}' are not kept in this browser. Choose them again on the page Data.`,
    );
  return folderDataset({ images, masks, ...reading });
}

/** All that a config of the lab can name: study's kinds, and pictures that were picked in this browser. */
export const labRegistry = withKinds(studyRegistry, [
  defineKind({ part: 'data', kind: 'picked', make: pickedDataset }),
]);
