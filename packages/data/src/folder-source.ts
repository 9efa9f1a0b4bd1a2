import { platform } from '#platform';
import type { ImageSource } from './source.js';

/** A folder's path (Node), paths of files, or files that a user picked (browser). */
export type FolderSource = string | readonly string[] | readonly File[];

export interface NamedFile {
  /** File name without folder and ending, composed (NFC), as names come decomposed from some file systems. */
  readonly stem: string;
  /** Ending with its dot, in lower case. */
  readonly ending: string;
  /** Folder below the source, `''` for files of the source itself. */
  readonly folder: string;
  readonly source: ImageSource;
  /** The path, or the name of a File. */
  readonly name: string;
  /** Files of the slices of a volume that has none of its own; `source` is then the first of them. */
  readonly slices?: readonly ImageSource[];
}

const endings = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m|nii(\.gz)?|dcm)$/i;

/** A file name without the ending of an image. */
export const withoutEnding = (name: string) => name.replace(endings, '');

/** By code units, but digits by value: `2.png` before `10.png`. The same order on every machine. */
export function naturally(a: string, b: string): number {
  const parts = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    const difference = /^\d/.test(x) && /^\d/.test(y) ? Number(x) - Number(y) : 0;
    if (difference !== 0) return difference;
    if (x !== y) return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

const slash = (path: string) => Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
const hidden = (path: string) =>
  path.split(/[/\\]/).some((part) => part.startsWith('.') || part === '__MACOSX');

/** A file by its path below the source (for its name and folder) and where it is read from. */
export function namedFile(path: string, source: ImageSource, name: string): NamedFile {
  const file = path.slice(slash(path) + 1);
  const ending = endings.exec(file)?.[0].toLowerCase() ?? '';
  const folder = path.slice(0, Math.max(0, slash(path))).replaceAll('\\', '/');
  return { stem: withoutEnding(file).normalize(), ending, folder: folder.normalize(), source, name };
}

/** The files of a folder, or of all folders below it too, whatever they hold; hidden ones are passed over. */
export async function allFiles(source: FolderSource, tree: boolean): Promise<NamedFile[]> {
  const files: NamedFile[] = [];
  if (typeof source === 'string') {
    const root = source.replace(/[/\\]$/, '');
    const paths = await (tree ? platform.listTree(source) : platform.listFolder(source));
    for (const path of paths)
      if (!hidden(path)) files.push(namedFile(path, `${root}/${path}`, `${root}/${path}`));
  } else
    for (const file of source) {
      const name = typeof file === 'string' ? file : file.name;
      const relative = typeof file === 'string' ? file : file.webkitRelativePath || file.name;
      const path = tree ? relative : relative.slice(slash(relative) + 1);
      if (!name.slice(slash(name) + 1).startsWith('.')) files.push(namedFile(path, file, name));
    }
  return files.sort((a, b) => naturally(`${a.folder}/${a.stem}`, `${b.folder}/${b.stem}`));
}

/**
 * The image files of a folder, in natural order; hidden and other files are passed over.
 * @param tree those of all folders below it, too.
 */
export async function filesOf(source: FolderSource, tree = false): Promise<NamedFile[]> {
  return (await allFiles(source, tree)).filter(({ ending }) => ending !== '');
}

/** What errors call the folder. */
export const folderName = (folder: FolderSource) =>
  typeof folder === 'string' ? `'${folder}'` : `the ${folder.length} given files`;
