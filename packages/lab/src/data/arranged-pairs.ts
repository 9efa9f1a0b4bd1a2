import { cocoDataset, type GuessedLayout, guessLayout, type MaskValue, pairTable } from '@segscape/data';
import { encodePng } from '@segscape/report';
import type { PathFile } from './picked-files.js';

/** An image with its mask. */
export interface ArrangedPair {
  /** Unique among all; no folder in it. */
  readonly id: string;
  readonly image: File;
  readonly mask: File;
}

export interface PictureFailure {
  readonly file: string;
  readonly problem: string;
}

/** Pairs, what has no partner, and what the layout says of how masks are to be read. */
export interface Arranged {
  readonly pairs: readonly ArrangedPair[];
  readonly failures: readonly PictureFailure[];
  readonly classes?: readonly string[];
  readonly maskThreshold?: number;
  /** Stored values of pixels that no class claims. */
  readonly ignoreValues?: readonly MaskValue[];
  /** Finds the patient in an id, where images lie in folders of patients. */
  readonly group?: string;
}

const picture = /\.(png|jpe?g|gif|bmp|tiff?|p[bgpn]m|nii(\.gz)?|dcm)$/i;

/** The ending of an image's name, with its dot; empty for other files. */
export const endingOf = (name: string): string => picture.exec(name)?.[0] ?? '';

const stemOf = (path: string) =>
  path
    .slice(path.lastIndexOf('/') + 1)
    .replace(picture, '')
    .normalize();
const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Paths without hidden files, and without the folders that all of them lie in. */
function plainPaths(given: readonly PathFile[]): PathFile[] {
  let files = given.filter(
    ({ path }) => !path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX'),
  );
  for (;;) {
    const top = files[0]?.path.split('/')[0];
    if (top === undefined || !files.every(({ path }) => path.startsWith(`${top}/`))) return files;
    files = files.map(({ file, path }) => ({ file, path: path.slice(top.length + 1) }));
  }
}

/** Images with the places where their masks should be. */
interface Wanted {
  readonly images: readonly PathFile[];
  readonly masks: readonly PathFile[];
  readonly place: (image: string) => string;
  readonly id: (image: string) => string;
}

function matched({ images, masks, place, id }: Wanted): Pick<Arranged, 'pairs' | 'failures'> {
  const byPlace = new Map(masks.map((mask) => [`${folderOf(mask.path)}/${stemOf(mask.path)}`, mask]));
  const pairs: ArrangedPair[] = [];
  const failures: PictureFailure[] = [];
  const used = new Set<PathFile>();
  for (const { file, path } of images) {
    const mask = byPlace.get(place(path));
    if (mask) {
      pairs.push({ id: id(path), image: file, mask: mask.file });
      used.add(mask);
    } else
      failures.push({
        file: file.name,
        problem: `There is no mask '${stemOf(place(path))}'. Add it, or leave the image out.`,
      });
  }
  for (const mask of masks)
    if (!used.has(mask))
      failures.push({
        file: mask.file.name,
        problem: 'No image belongs to this mask. Add its image, or leave the mask out.',
      });
  return { pairs, failures };
}

type FolderLayout = Extract<GuessedLayout, { kind: 'folder' }>;

function folders(files: readonly PathFile[], layout: FolderLayout): Arranged {
  const { images, masks, pair = '{name}', maskThreshold, group } = layout;
  const named = (stem: string) => pair.replaceAll('{name}', () => stem);
  if (masks !== undefined)
    return {
      ...matched({
        images: files.filter(({ path }) => folderOf(path) === images),
        masks: files.filter(({ path }) => folderOf(path) === masks),
        place: (path) => `${masks}/${named(stemOf(path))}`,
        id: stemOf,
      }),
      ...(maskThreshold !== undefined && { maskThreshold }),
      ...(group !== undefined && { group }),
    };
  const suffix = pair.slice(pair.indexOf('}') + 1);
  const within = files.filter(({ path }) => layout.layout === 'patients' || folderOf(path) === '');
  const isMask = ({ path }: PathFile) => stemOf(path).endsWith(suffix);
  const patients = layout.layout === 'patients';
  return {
    ...matched({
      images: within.filter((file) => !isMask(file)),
      masks: within.filter(isMask),
      place: (path) => `${folderOf(path)}/${named(stemOf(path))}`,
      id: (path) => (patients ? `${folderOf(path).replaceAll('/', '-')}__${stemOf(path)}` : stemOf(path)),
    }),
    ...(patients ? { group: '^(.+?)__' } : group !== undefined && { group }),
  };
}

/** nnU-Net's folder; images of one channel alone, as the lab keeps one file an image. */
async function nnunet(files: readonly PathFile[], plan: File | undefined): Promise<Arranged> {
  const { labels = {} } = JSON.parse((await plan?.text()) ?? '{}') as { labels?: Record<string, unknown> };
  const values = Object.entries(labels).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  const classes = values.sort((a, b) => a[1] - b[1]).map(([name]) => name);
  const channel = /_(\d{4})$/;
  const images = files.filter(({ path }) => folderOf(path) === 'imagesTr');
  const cases = (path: string) => stemOf(path).replace(channel, '');
  const more = new Set(images.flatMap(({ path }) => (/_0000$/.test(stemOf(path)) ? [] : [cases(path)])));
  const { pairs, failures } = matched({
    images: images.filter(({ path }) => /_0000$/.test(stemOf(path)) && !more.has(cases(path))),
    masks: files.filter(({ path }) => folderOf(path) === 'labelsTr' && !more.has(stemOf(path))),
    place: (path) => `labelsTr/${cases(path)}`,
    id: cases,
  });
  const joined = [...more].map((name) => ({
    file: name,
    problem:
      'Its channels lie in files of their own. The command line reads such images; the lab those of one file.',
  }));
  const contiguous = values.every(([, value], i) => value === i);
  return {
    pairs,
    failures: [...failures, ...joined],
    ...(contiguous && classes.length > 1 && { classes }),
  };
}

/** The pairs of a table among the files; undefined where no table names pairs. */
async function listed(files: readonly PathFile[]): Promise<Arranged | undefined> {
  const byPath = new Map(files.map(({ path, file }) => [path.normalize(), file]));
  for (const { path, file } of files) {
    if (!/\.csv$/i.test(path)) continue;
    const text = await file.text();
    if (!/^[^\n]*\bimage\b[^\n]*\bmask\b|^[^\n]*\bmask\b[^\n]*\bimage\b/i.test(text)) continue;
    const within = folderOf(path) === '' ? '' : `${folderOf(path)}/`;
    const pairs: ArrangedPair[] = [];
    const failures: PictureFailure[] = [];
    const rows = pairTable(text, file.name);
    const grouped = rows.some(({ group }) => group);
    for (const row of rows) {
      const stem = row.id ?? stemOf(row.image);
      const [image, mask] = [row.image, row.mask].map((own) => byPath.get(`${within}${own}`.normalize()));
      const lacking = image ? row.mask : row.image;
      if (image && mask) pairs.push({ id: grouped ? `${row.group ?? stem}__${stem}` : stem, image, mask });
      else
        failures.push({
          file: file.name,
          problem: `It names '${lacking}', which is not among the files. Add it, or leave its row out.`,
        });
    }
    return { pairs, failures, ...(grouped && { group: '^(.+?)__' }) };
  }
  return undefined;
}

const ofMasks = /mask|label|segmentation|truth|annotation|(^|[^a-z])(seg|gt)([^a-z]|$)/i;

/** Whether a file is JSON with COCO's lists; a plan of nnU-Net or a split has none of them. */
async function isAnnotations({ path, file }: PathFile): Promise<boolean> {
  if (!/\.json$/i.test(path)) return false;
  const text = await file.text();
  return ['images', 'annotations', 'categories'].every((list) => text.includes(`"${list}"`));
}

/** The picture that annotations call so: by its path where one has it, else by the last part of the name. */
function imageOf(named: string, pictures: readonly PathFile[]): File {
  const ending = (name: string) => pictures.find(({ path }) => `/${path}`.endsWith(`/${name}`));
  return (ending(named) ?? ending(named.slice(named.lastIndexOf('/') + 1)))!.file;
}

/** Images with COCO's annotations, drawn as masks; undefined where no file has any. */
async function annotated(files: readonly PathFile[]): Promise<Arranged | undefined> {
  for (const given of files) {
    if (!(await isAnnotations(given))) continue;
    const pictures = files.filter(({ path }) => picture.test(path));
    // By their paths, as the annotations name them.
    const images = pictures.map(({ path, file }) => new File([file], path, { type: file.type }));
    const dataset = await cocoDataset({ images, annotations: given.file });
    const pairs: ArrangedPair[] = [];
    const failures: PictureFailure[] = [];
    // In the order of the dataset.
    const { images: named } = JSON.parse(await given.file.text()) as { images: { file_name: string }[] };
    for (const [index, id] of dataset.ids!.entries()) {
      const name = id.replaceAll('/', '-');
      try {
        const { mask } = await dataset.get(index);
        const drawn = encodePng(mask) as Uint8Array<ArrayBuffer>;
        pairs.push({
          id: name,
          image: imageOf(named[index]!.file_name, pictures),
          mask: new File([drawn], `${name}.png`),
        });
      } catch (error) {
        failures.push({ file: id, problem: error instanceof Error ? error.message : String(error) });
      }
    }
    const { classes, ignoreIndex } = dataset;
    return { pairs, failures, classes, ...(ignoreIndex !== undefined && { ignoreValues: [ignoreIndex] }) };
  }
  return undefined;
}

/** Two files of which one alone is a mask by its name or folder: a stack and its labels, whatever they are called. */
function lonePair(pictures: readonly PathFile[]): ArrangedPair | undefined {
  if (pictures.length !== 2) return undefined;
  const [masks, images] = [true, false].map((is) => pictures.filter(({ path }) => ofMasks.test(path) === is));
  const [mask, image] = [masks?.[0], images?.[0]];
  return mask && image && { id: stemOf(image.path), image: image.file, mask: mask.file };
}

/**
 * Pairs images with their masks by the layout that their names show.
 * @returns no pair, and what to do, where the names show none.
 */
export async function arranged(given: readonly PathFile[]): Promise<Arranged> {
  const files = plainPaths(given);
  const named = (await listed(files)) ?? (await annotated(files));
  if (named) return named;
  const layout = guessLayout(files.map(({ path }) => path));
  const pictures = files.filter(({ path }) => picture.test(path));
  if (layout?.kind === 'nnunet')
    return nnunet(pictures, files.find(({ path }) => path === 'dataset.json')?.file);
  const found = layout && folders(pictures, layout);
  const alone = found?.pairs.length ? undefined : lonePair(pictures);
  if (alone) return { pairs: [alone], failures: [] };
  if (found) return found;
  return {
    pairs: [],
    failures: [
      {
        file: `${pictures.length} pictures`,
        problem:
          'Their names do not tell images from masks. Put them into folders images and masks with equal names, or call the mask of a.png a_mask.png.',
      },
    ],
  };
}
