import { assertOption } from '@segscape/core';
import { withoutEnding } from './folder-source.js';
import { guessGroup } from './guess-group.js';

/**
 * How the images and masks among files lie: options of `folderDataset` or `nnunetDataset`, with the folders relative to
 * where the files were listed (`''` is that place itself).
 */
export type GuessedLayout =
  | { readonly kind: 'nnunet'; readonly root: string }
  | {
      readonly kind: 'folder';
      readonly layout?: 'suffix' | 'patients';
      readonly images: string;
      readonly masks?: string;
      readonly pair?: string;
      /** Where all masks are JPEG, which have the noise of their compression about every border. */
      readonly maskThreshold?: number;
      /** Where names tell two eyes or sides of one person apart: an expression whose first group is the person. */
      readonly group?: string;
      /** A `split.json` beside them. */
      readonly split?: string;
    };

/** Names of folders of masks, the plainest first: where there are several, labels are often ids of objects. */
const maskFolders = [
  /^masks?$/i,
  /^(segmentations?|gt|ground.?truth|annotations?|targets?)$/i,
  /^(labels?|labelstr|y)$/i,
];
const imageFolder = /^(images?|imgs?|imagestr|inputs?|originals?|raw|x|data)$/i;
/** Endings of mask names beside images, the commonest first. */
const suffixes = ['_mask', '_masks', '_label', '_labels', '_gt', '_seg', '_segmentation', '-mask', '.mask'];

interface Listed {
  /** Folder, `''` for the top. */
  readonly folder: string;
  readonly name: string;
  /** Name without the ending of an image; undefined for other files. */
  readonly stem: string | undefined;
}

function listed(path: string): Listed {
  const plain = path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '');
  const cut = plain.lastIndexOf('/');
  const name = plain.slice(cut + 1);
  const stem = withoutEnding(name);
  return { folder: plain.slice(0, Math.max(0, cut)), name, stem: stem === name ? undefined : stem };
}

/** `a.png` and `a_mask.png`: the ending that most names have a partner with. */
function suffixOf(files: readonly Listed[]): string | undefined {
  const places = new Set(files.map(({ folder, stem }) => `${folder}/${stem}`));
  const pairs = (suffix: string) => [...places].filter((place) => places.has(`${place}${suffix}`)).length;
  const counted = suffixes.map((suffix) => [suffix, pairs(suffix)] as const).sort((a, b) => b[1] - a[1]);
  const [best] = counted;
  return best !== undefined && best[1] > 0 ? best[0] : undefined;
}

/** How masks are named after the images of another folder: alike (undefined), or with an ending of their own. */
function pairOf(images: readonly Listed[], masks: readonly Listed[]): string | undefined {
  const others = masks.flatMap(({ stem }) => stem ?? []);
  const known = new Set(others);
  if (images.some(({ stem }) => stem !== undefined && known.has(stem))) return undefined;
  const first = images[0]?.stem;
  if (first === undefined) return undefined;
  const [partner] = others.filter((name) => name.startsWith(first)).sort((a, b) => a.length - b.length);
  return partner === undefined ? undefined : `{name}${partner.slice(first.length)}`;
}

/**
 * Finds images and masks among files by the names that people give: nnU-Net's `dataset.json` beside `imagesTr`; folders
 * like `images` and `masks`; files like `a.png` with `a_mask.png`, in one folder or in folders of patients. Nothing is
 * read: the same in Node and in a browser (`webkitRelativePath` of picked files, without the picked folder's name).
 *
 * @param paths of the files, relative to one place, separated by `/` or `\`; hidden ones are passed over.
 * @returns options of a dataset, or `undefined` when nothing could be told by the names.
 * @throws {SegscapeError} `BAD_OPTION` for what is no list, the path of a folder for instance.
 */
export function guessLayout(paths: readonly string[]): GuessedLayout | undefined {
  assertOption(Array.isArray(paths), 'guessLayout', 'paths', paths, 'be a list of the paths of files');
  const hidden = (path: string) => path.split(/[/\\]/).some((part) => /^\.[^.]|^__MACOSX$/.test(part));
  const files = paths.filter((path) => !hidden(path)).map(listed);
  const top = new Set(files.filter(({ folder }) => folder === '').map(({ name }) => name));
  const folders = [...new Set(files.map(({ folder }) => folder.split('/')[0]!))].filter(
    (name) => name !== '',
  );
  if (top.has('dataset.json') && folders.includes('imagesTr')) return { kind: 'nnunet', root: '' };

  const pictures = files.filter(({ stem }) => stem !== undefined);
  const split = top.has('split.json') ? { split: 'split.json' } : {};
  const masks = maskFolders
    .map((pattern) => folders.find((name) => pattern.test(name)))
    .find((name) => name !== undefined);
  const images = folders.find((name) => imageFolder.test(name));
  if (masks !== undefined && images !== undefined) {
    const inside = (name: string) => pictures.filter(({ folder }) => folder === name);
    const pair = pairOf(inside(images), inside(masks));
    const names = inside(masks).map(({ name }) => name);
    const group = guessGroup(inside(images).flatMap(({ stem }) => stem ?? []));
    const lossy = names.length > 0 && names.every((name) => /\.jpe?g$/i.test(name));
    return {
      kind: 'folder',
      images,
      masks,
      ...(pair && { pair }),
      ...(lossy && { maskThreshold: 127 }),
      ...(group && { group }),
      ...split,
    };
  }
  const atTop = pictures.filter(({ folder }) => folder === '');
  const beside = suffixOf(atTop);
  if (beside !== undefined) {
    const group = guessGroup(
      atTop.flatMap(({ stem }) => (stem === undefined || stem.endsWith(beside) ? [] : [stem])),
    );
    const pair = `{name}${beside}`;
    return { kind: 'folder', layout: 'suffix', images: '', pair, ...(group && { group }), ...split };
  }
  const below = suffixOf(pictures.filter(({ folder }) => folder !== ''));
  if (below !== undefined)
    return { kind: 'folder', layout: 'patients', images: '', pair: `{name}${below}`, ...split };
  return undefined;
}
