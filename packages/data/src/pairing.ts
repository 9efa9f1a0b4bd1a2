import { SegscapeError } from '@segscape/core';
import type { NamedFile } from './folder-source.js';

/**
 * How masks are named, without ending: a pattern where `{name}` stands for the image's name, `{folder}` for its folder
 * below the source and `*` for anything (all files that fit are masks of the image), or a function from the image's
 * name. By class, patterns of one file a class.
 */
export type Pair = string | ((name: string) => string) | Readonly<Record<string, string>>;

/** A mask file, and the class it is for when there is one for each. */
export interface MaskFile {
  readonly file: NamedFile;
  readonly className?: string;
}

export interface PairedFiles {
  readonly id: string;
  readonly image: NamedFile;
  readonly masks: readonly MaskFile[];
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `a/../b` is `b`. */
function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/'))
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  return parts.join('/');
}

/** Where a file lies below its source, without ending. */
const placeOf = ({ folder, stem }: NamedFile) => normalPath(`${folder}/${stem}`);

/** The place of an image's mask, or a pattern of places, for masks that lie beside it or in a folder of their own. */
function expected(pair: string | ((name: string) => string), image: NamedFile, beside: boolean): string {
  if (typeof pair === 'function')
    return normalPath(beside ? `${image.folder}/${pair(image.stem)}` : pair(image.stem));
  const filled = pair
    .normalize()
    .replaceAll('{name}', () => image.stem)
    .replaceAll('{folder}', () => image.folder);
  return normalPath(beside && !pair.includes('{folder}') ? `${image.folder}/${filled}` : filled);
}

/** Finds mask files by their expected places. */
function finder(masks: readonly NamedFile[]): (place: string, ending: string) => NamedFile[] {
  const byPlace = new Map<string, NamedFile[]>();
  const byFolder = new Map<string, NamedFile[]>();
  const put = (map: Map<string, NamedFile[]>, key: string, mask: NamedFile) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [mask]);
    else list.push(mask);
  };
  for (const mask of masks) {
    put(byPlace, placeOf(mask), mask);
    put(byFolder, mask.folder, mask);
  }
  return (place, ending) => {
    if (place.includes('*')) {
      const pattern = new RegExp(`^${place.split('*').map(escaped).join('[^/]*')}$`);
      const folder = place.slice(0, Math.max(0, place.lastIndexOf('/')));
      const near = folder.includes('*') ? masks : (byFolder.get(folder) ?? []);
      return near.filter((mask) => pattern.test(placeOf(mask)));
    }
    const found = byPlace.get(place) ?? [];
    // Of twins the one with the image's own ending belongs to it.
    return found.length > 1 ? found.filter((mask) => mask.ending === ending) : found;
  };
}

const shown = (names: readonly string[]) =>
  `${names
    .slice(0, 5)
    .map((name) => `'${name}'`)
    .join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`;

const twice = (a: NamedFile, b: NamedFile) =>
  new SegscapeError(
    'PAIR_MISSING',
    `folderDataset: '${a.name}' and '${b.name}' have one name; keep one of them, or give each a mask of its own ending.`,
    { details: { files: [a.name, b.name] } },
  );

export interface PairingOptions {
  readonly pair: Pair;
  /** Masks lie in the folders of their images. */
  readonly beside: boolean;
}

/** Files that are a mask of some file among them. */
export function masksAmong(files: readonly NamedFile[], pair: Pair): Set<NamedFile> {
  const find = finder(files);
  const patterns = typeof pair === 'object' ? Object.values(pair) : [pair];
  const masks = new Set<NamedFile>();
  for (const file of files)
    for (const pattern of patterns)
      for (const mask of find(expected(pattern, file, true), file.ending)) if (mask !== file) masks.add(mask);
  return masks;
}

/**
 * Every image with its masks. Twins (`a.png` and `a.jpg`) keep their endings in their ids when each has a mask of its
 * own ending.
 * @throws {SegscapeError} `PAIR_MISSING` for a partner that is missing on either side; it names the files.
 */
export function paired(
  images: readonly NamedFile[],
  masks: readonly NamedFile[],
  { pair, beside }: PairingOptions,
): PairedFiles[] {
  const find = finder(masks);
  const patterns = typeof pair === 'object' ? Object.entries(pair) : [[undefined, pair] as const];
  const byPlace = new Map<string, NamedFile[]>();
  for (const image of images) byPlace.set(placeOf(image), [...(byPlace.get(placeOf(image)) ?? []), image]);
  const pairs: PairedFiles[] = [];
  const alone: string[] = [];
  const used = new Set<NamedFile>();
  for (const image of images) {
    const place = placeOf(image);
    const twins = byPlace.get(place)!;
    const found: MaskFile[] = [];
    let missing = false;
    for (const [className, pattern] of patterns) {
      const files = find(expected(pattern, image, beside), image.ending);
      const own = twins.length > 1 ? files.filter(({ ending }) => ending === image.ending) : files;
      missing ||= own.length === 0;
      for (const file of own) found.push({ file, ...(className !== undefined && { className }) });
    }
    if (missing && twins.length > 1) throw twice(twins[0]!, twins[1]!);
    for (const { file } of found) used.add(file);
    if (missing) alone.push(image.name);
    else pairs.push({ id: twins.length > 1 ? `${place}${image.ending}` : place, image, masks: found });
  }
  assertComplete(
    alone,
    masks.filter((mask) => !used.has(mask)),
    pairs,
  );
  return pairs;
}

function assertComplete(
  alone: readonly string[],
  left: readonly NamedFile[],
  pairs: readonly PairedFiles[],
): void {
  const places = new Map(
    pairs.flatMap(({ masks }) => masks.map(({ file }) => [placeOf(file), file] as const)),
  );
  const twin = left.find((mask) => places.has(placeOf(mask)));
  if (twin !== undefined) throw twice(places.get(placeOf(twin))!, twin);
  const unused = left.map(({ name }) => name);
  const parts = [
    ...(alone.length > 0 ? [`no mask for image ${shown(alone)}`] : []),
    ...(unused.length > 0 ? [`no image for mask ${shown(unused)}`] : []),
  ];
  if (parts.length === 0) return;
  throw new SegscapeError(
    'PAIR_MISSING',
    `folderDataset: ${parts.join('; ')}. Add or remove files, or say with pair (for instance '{name}_mask') how masks are named.`,
    { details: { imagesWithoutMask: alone, masksWithoutImage: unused } },
  );
}
