import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { SegscapeError } from '@segscape/core';

/** An image to be segmented, and where what is made of it goes. */
export interface Input {
  readonly path: string;
  /** Below the folder of images, with `/` between parts. */
  readonly name: string;
  /** Set where the entry is no file that could be read. */
  readonly odd?: string;
}

const pictures = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m|nii(\.gz)?|dcm)$/i;

/** Names that other programs leave behind, as `folderDataset` passes over. */
const hidden = (name: string) => name.startsWith('.');

const unreadable = (path: string, cause: unknown) =>
  new SegscapeError('NOT_FOUND', `predict: '${path}' is neither an image nor a folder that can be read.`, {
    cause,
  });

/** The images of a folder and its sub-folders, or the one image; `out` is passed over where it lies inside. */
export async function inputsOf(path: string, out: string): Promise<Input[]> {
  const info = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  if (!info.isDirectory()) return [{ path, name: basename(path) }];
  const own = await realpath(out).catch(() => undefined);
  const found: Input[] = [];
  const walk = async (folder: string) => {
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      if (folder === path) throw unreadable(path, cause);
      const name = nameOf(path, folder);
      found.push({ path: folder, name, odd: `predict: the folder '${folder}' cannot be read.` });
      return [] as Dirent[];
    });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (hidden(entry.name)) continue;
      const full = join(folder, entry.name);
      const kind = await stat(full).catch(() => undefined);
      const name = nameOf(path, full);
      if (kind?.isDirectory()) {
        if ((await realpath(full)) === own) continue;
        if (pictures.test(entry.name))
          found.push({ path: full, name, odd: `predict: '${full}' is a folder, named like an image.` });
        else await walk(full);
      } else if (pictures.test(entry.name))
        found.push(
          kind?.isFile()
            ? { path: full, name }
            : { path: full, name, odd: `predict: '${full}' is no file that can be read.` },
        );
    }
  };
  await walk(path);
  if (found.length === 0)
    throw new SegscapeError(
      'EMPTY_DATASET',
      `predict: there is no image in '${path}'. Known: png, jpeg, gif, bmp, tiff, ppm, nii, nii.gz, dcm.`,
    );
  return found;
}

const nameOf = (root: string, full: string) => relative(root, full).split(sep).join('/');

/** `cells/a` of `cells/a.png` and of `cells/a.nii.gz`. */
const stem = (name: string) =>
  /\.nii\.gz$/i.test(name)
    ? name.slice(0, -'.nii.gz'.length)
    : name.slice(0, name.length - extname(name).length);

/**
 * A name for the results of each image, such that no two write the same file: its own without the ending; where that
 * would collide (`a.png` and `a.jpg`, or `a-overlay.png` beside the overlay of `a.png`) with the ending kept.
 * @param suffixes what is appended to a name for each of its files: `''` for the mask, `'-overlay'`, `'-disc'`.
 */
export function outputNames(inputs: readonly Input[], suffixes: readonly string[]): Map<Input, string> {
  const names = new Map(inputs.map((input) => [input, stem(input.name)]));
  // Twice: a name with its ending may be in the way of another.
  for (let round = 0; round < 2; round++)
    for (const input of colliding(names, suffixes)) names.set(input, input.name);
  const left = colliding(names, suffixes);
  if (left.length > 0)
    throw new SegscapeError(
      'BAD_OPTION',
      `predict: the results of '${left[0]!.name}' and '${left[1]!.name}' would have the same name. Rename one of them.`,
      { details: { names: left.map(({ name }) => name) } },
    );
  return names;
}

/** The images whose results would meet others', as file systems that ignore case see them. */
function colliding(names: ReadonlyMap<Input, string>, suffixes: readonly string[]): Input[] {
  const owners = new Map<string, Set<Input>>();
  for (const [input, name] of names)
    for (const suffix of suffixes) {
      const file = `${name}${suffix}.png`.toLowerCase();
      owners.set(file, (owners.get(file) ?? new Set()).add(input));
    }
  return [...new Set([...owners.values()].filter(({ size }) => size > 1).flatMap((set) => [...set]))];
}
