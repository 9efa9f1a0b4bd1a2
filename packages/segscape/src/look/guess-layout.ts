import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { SegscapeError } from '@segscape/core';

/** How the images and masks of a folder lie, as `data` of a config. */
export interface GuessedData {
  readonly kind: 'folder' | 'stack' | 'nnunet';
  readonly [option: string]: unknown;
}

const picture = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m)$/i;
/** Names of folders of masks, the plainest first: where there are several, labels are often ids of objects. */
const maskFolders = [
  /^masks?$/i,
  /^(segmentations?|gt|ground.?truth|annotations?|targets?)$/i,
  /^(labels?|labelstr|y)$/i,
];
const imageFolder = /^(images?|imgs?|imagestr|inputs?|originals?|raw|x|data)$/i;
/** Endings of mask names beside images, the commonest first. */
const suffixes = ['_mask', '_masks', '_label', '_labels', '_gt', '_seg', '_segmentation', '-mask', '.mask'];

const stem = (name: string) => name.slice(0, name.length - extname(name).length);

async function entriesOf(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new SegscapeError(
      'NOT_FOUND',
      `'${folder}' is no folder that can be read (${(cause as Error).message}).`,
      {
        details: { path: folder },
        cause,
      },
    );
  });
  const shown = entries.filter(({ name }) => !name.startsWith('.'));
  return {
    files: shown
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .filter((name) => picture.test(name)),
    folders: shown.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    names: shown.map(({ name }) => name),
  };
}

/** `a.png` and `a_mask.png`: the ending that most names have a partner with. */
function suffixOf(files: readonly string[]): string | undefined {
  const stems = new Set(files.map(stem));
  const pairs = (suffix: string) => [...stems].filter((name) => stems.has(`${name}${suffix}`)).length;
  const [best] = [...suffixes].sort((a, b) => pairs(b) - pairs(a));
  return best !== undefined && pairs(best) > 0 ? best : undefined;
}

/** How masks are named after the images of another folder: alike, or with an ending of their own. */
async function pairOf(images: string, masks: string): Promise<string | undefined> {
  const [own, other] = [(await entriesOf(images)).files.map(stem), (await entriesOf(masks)).files.map(stem)];
  const known = new Set(other);
  if (own.some((name) => known.has(name))) return undefined;
  const first = own[0];
  const partner =
    first === undefined
      ? undefined
      : other.filter((name) => name.startsWith(first)).sort((a, b) => a.length - b.length)[0];
  return partner === undefined || first === undefined ? undefined : `{name}${partner.slice(first.length)}`;
}

/** JPEG masks have the noise of their compression about every border. */
async function lossy(masks: string): Promise<{ readonly maskThreshold?: number }> {
  const { files } = await entriesOf(masks);
  return files.length > 0 && files.every((name) => /\.jpe?g$/i.test(name)) ? { maskThreshold: 127 } : {};
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
      {
        details: { path: folder },
      },
    );
  const { files, folders, names } = await entriesOf(folder);
  if (names.includes('dataset.json') && folders.includes('imagesTr')) return { kind: 'nnunet', root: folder };
  const masks = maskFolders
    .map((pattern) => folders.find((name) => pattern.test(name)))
    .find((name) => name !== undefined);
  const images = folders.find((name) => imageFolder.test(name));
  const split = names.includes('split.json') ? { split: join(folder, 'split.json') } : {};
  if (masks !== undefined && images !== undefined) {
    const [imageDir, maskDir] = [join(folder, images), join(folder, masks)];
    const pair = await pairOf(imageDir, maskDir);
    return {
      kind: 'folder',
      images: imageDir,
      masks: maskDir,
      ...(pair && { pair }),
      ...(await lossy(maskDir)),
      ...split,
    };
  }
  const suffix = suffixOf(files);
  if (suffix !== undefined)
    return { kind: 'folder', layout: 'suffix', images: folder, pair: `{name}${suffix}`, ...split };
  throw new SegscapeError(
    'EMPTY_DATASET',
    `'${given}' has no images with masks that could be told by their names. Looked for folders like images and masks, files like a.png with a_mask.png, and nnU-Net's dataset.json. Say it with --images DIR --masks DIR, or --layout.`,
    { details: { folder } },
  );
}
