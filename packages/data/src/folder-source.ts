import { platform } from '#platform';
import type { ImageSource } from './source.js';

/** A folder's path (Node), paths of files, or files that a user picked (browser). */
export type FolderSource = string | readonly string[] | readonly File[];

export interface NamedFile {
  /** File name without folder and ending. */
  readonly stem: string;
  readonly source: ImageSource;
  /** The path, or the name of a File. */
  readonly name: string;
}

const endings = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m)$/i;

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

const lastName = (path: string) => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** The image files of a folder, in natural order; other files are passed over. */
export async function filesOf(folder: FolderSource): Promise<NamedFile[]> {
  const sources: readonly (string | File)[] =
    typeof folder === 'string'
      ? (await platform.listFolder(folder)).map((name) => `${folder.replace(/[/\\]$/, '')}/${name}`)
      : folder;
  return sources
    .map((source) => {
      const name = typeof source === 'string' ? source : source.name;
      return { name, source, stem: lastName(name).replace(endings, '') };
    })
    .filter(({ name }) => endings.test(name))
    .sort((a, b) => naturally(a.stem, b.stem));
}

/** What errors call the folder. */
export const folderName = (folder: FolderSource) =>
  typeof folder === 'string' ? `'${folder}'` : `the ${folder.length} given files`;
