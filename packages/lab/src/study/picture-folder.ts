import { SegscapeError } from '@segscape/core';
import { cachedDataset, type Dataset, type FolderOptions, folderDataset, stackDataset } from '@segscape/data';
import { type ArrangedPair, arranged, endingOf, type PictureFailure } from '../data/arranged-pairs.js';
import type { PathFile } from '../data/picked-files.js';
import { slicedDataset } from '../data/slices.js';
import { describeFolder, newFolder, pathOf } from './picture-shelf.js';
import { shelf } from './run-shelf.js';

/** How picked masks are to be read. */
export type MaskReading = Pick<
  FolderOptions,
  'classes' | 'maskThreshold' | 'channels' | 'scale' | 'labels' | 'maskScaling' | 'ignoreValues'
>;

/** What a config says of picked pictures, beside how their masks are read. */
interface PickedFolder {
  /** Where they are kept in this browser. */
  readonly folder: string;
  /** Finds the patient in a name. */
  readonly group?: string;
  /** Slices of each volume, by id. */
  readonly volumes?: Readonly<Record<string, number>>;
  /** Whether image and mask are stacks of pages. */
  readonly stack?: boolean;
}

/** Pictures that were kept, and those that could not be. */
export interface KeptPictures {
  /** For `data` of a config. */
  readonly config: PickedFolder & MaskReading;
  readonly pairs: number;
  readonly failures: readonly PictureFailure[];
}

const easyPixels = 256 * 256;

const namedAs = (file: File, name: string) => new File([file], name, { type: file.type });

/** Slices of the image of a pair, and pixels of one; it can be read when this does not throw. */
async function measured({ id, image, mask }: ArrangedPair, reading: MaskReading) {
  const files = {
    images: [namedAs(image, id + endingOf(image.name))],
    masks: [namedAs(mask, id + endingOf(mask.name))],
  };
  const { image: read } = await (await folderDataset({ ...files, ...reading })).get(0);
  return { depth: read.depth, pixels: read.height * read.width };
}

/** A pair of TIFF files with several pages: a stack. */
async function stackPages({ image, mask }: ArrangedPair, { classes, maskThreshold }: MaskReading) {
  if (!/\.tiff?$/i.test(image.name) || !/\.tiff?$/i.test(mask.name)) return undefined;
  const options = { images: image, masks: mask, ...(classes && { classes }) };
  const stack = await stackDataset({ ...options, ...(maskThreshold !== undefined && { maskThreshold }) });
  return stack.length > 1 ? stack : undefined;
}

const words = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Reads every pair, keeps those that can be read in the private file system, and tells why of the others. */
export async function keepPictures(
  files: readonly PathFile[],
  given: MaskReading,
  onRead: (done: number, total: number) => void,
): Promise<KeptPictures> {
  const layout = await arranged(files);
  const { pairs, group } = layout;
  const failures = [...layout.failures];
  const reading: MaskReading = {
    ...given,
    ...(layout.classes && { classes: layout.classes }),
    ...(layout.ignoreValues && { ignoreValues: layout.ignoreValues }),
    ...(layout.maskThreshold !== undefined &&
      given.maskThreshold === undefined && { maskThreshold: layout.maskThreshold }),
  };
  const folder = newFolder('pictures');
  const place = (part: 'images' | 'masks', id: string, file: File) =>
    pathOf(folder, `${part}/${id}${endingOf(file.name)}`);
  const keep = async (path: string, file: File) =>
    shelf.write(path, new Uint8Array(await file.arrayBuffer()));
  const volumes: Record<string, number> = {};
  let kept = 0;
  let largest = 1;
  let stack = false;
  for (const [index, pair] of pairs.entries()) {
    const { id, image, mask } = pair;
    try {
      const pages = pairs.length === 1 ? await stackPages(pair, reading) : undefined;
      if (pages) {
        const { image: first } = await pages.get(0);
        largest = first.height * first.width;
        stack = true;
      } else {
        const { depth, pixels } = await measured(pair, reading);
        if (depth !== undefined) volumes[id] = depth;
        largest = Math.max(largest, pixels);
      }
      await keep(place('images', id, image), image);
      await keep(place('masks', id, mask), mask);
      kept++;
    } catch (error) {
      failures.push({ file: image.name, problem: words(error) });
      // An image whose mask found no room would be one without.
      await shelf.remove(place('images', id, image));
    }
    onRead(index + 1, pairs.length);
  }
  const scale = Math.min(1, Number(Math.sqrt(easyPixels / largest).toPrecision(3)));
  const config = {
    folder,
    ...reading,
    ...(group !== undefined && { group }),
    ...(Object.keys(volumes).length > 0 && { volumes }),
    ...(stack ? { stack } : scale < 1 && { scale }),
  };
  if (kept > 0) await describeFolder(folder, { kind: 'picked', ...config });
  return { config, pairs: kept, failures };
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
export async function pickedDataset({
  folder,
  volumes,
  stack = false,
  group,
  ...reading
}: MaskReading & PickedFolder): Promise<Dataset> {
  const [images, masks] = await Promise.all([
    filesUnder(pathOf(folder, 'images')),
    filesUnder(pathOf(folder, 'masks')),
  ]);
  const [image, mask] = [images[0], masks[0]];
  if (image === undefined || mask === undefined)
    throw new SegscapeError(
      'NOT_FOUND',
      `The pictures '${folder}' are not kept in this browser. Choose them again on the page Data.`,
    );
  if (stack) return stackDataset({ images: image, masks: mask, ...reading });
  const dataset = await folderDataset({ images, masks, ...reading, ...(group !== undefined && { group }) });
  // A volume is read once for all of its slices.
  return volumes ? slicedDataset(cachedDataset(dataset), volumes) : dataset;
}
