import { assertOption } from '@segscape/core';
import { emptyDataset } from './dataset.js';
import { type FolderSource, filesOf, folderName, namedFile } from './folder-source.js';
import { pairTable, wrongTable } from './pair-table.js';
import { masksAmong, type Pair, type PairedFiles, paired } from './pairing.js';
import { bytesOf } from './source.js';

/**
 * How images and masks lie. `'folders'` (default): two folders. `'suffix'`: one folder, `images`, where masks have names
 * of their own (`x.png`, `x_mask.png`). `'patients'`: the same in folders below `images`, at any depth; the first folder
 * is the patient, and so the group. `'csv'`: `images` is a table with the columns image, mask and, at will, id and
 * group; its paths are relative to it.
 */
export type Layout = 'folders' | 'suffix' | 'patients' | 'csv';

export interface LayoutOptions {
  readonly images: FolderSource;
  readonly masks?: FolderSource;
  readonly layout: Layout;
  readonly pair?: Pair;
  readonly volumes?: Volumes;
}

/** `'files'`: each file is an image. `'series'`: the DICOM files of a folder are the slices of one volume. */
export type Volumes = 'files' | 'series';

/** Pairs with the group that the layout knows. */
export interface LaidOut extends PairedFiles {
  readonly group?: string;
}

async function table(path: string): Promise<LaidOut[]> {
  const text = new TextDecoder().decode(await bytesOf(path));
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const placed = (cell: string) => (/^(\/|[a-z]+:)/i.test(cell) ? cell : `${folder}${cell}`);
  const file = (cell: string) => namedFile(cell, placed(cell), placed(cell));
  const known = new Map<string, number>();
  return pairTable(text, path).map(({ image, mask, id, group }, index) => {
    const picture = file(image);
    const name = id ?? picture.stem;
    const other = known.get(name);
    if (other !== undefined) throw wrongTable(path, `names '${name}' in rows ${other} and ${index + 2}`);
    known.set(name, index + 2);
    return { id: name, image: picture, masks: [{ file: file(mask) }], ...(group && { group }) };
  });
}

/** Images and masks of one folder or tree, told apart by the masks' names. */
async function together({ images, layout, pair = '{name}_mask' }: LayoutOptions): Promise<LaidOut[]> {
  const files = await filesOf(images, layout === 'patients');
  if (files.length === 0) throw emptyDataset('folderDataset', `no images in ${folderName(images)}`);
  const masks = masksAmong(files, pair);
  const pairs = paired(
    files.filter((file) => !masks.has(file)),
    [...masks],
    { pair, beside: true },
  );
  if (layout === 'suffix') return pairs;
  return pairs.map((files) => {
    const [patient] = files.image.folder.split('/');
    return { ...files, ...(patient && { group: patient }) };
  });
}

/**
 * Finds a dataset's files by its layout.
 * @throws {SegscapeError} `EMPTY_DATASET`, `PAIR_MISSING`, `CORRUPT_FILE` for a table, `NOT_FOUND`, `BAD_OPTION`.
 */
export async function laidOut(options: LayoutOptions): Promise<LaidOut[]> {
  const where = 'folderDataset';
  const { images, masks, layout, pair = '{name}', volumes = 'files' } = options;
  const known = ['folders', 'suffix', 'patients', 'csv'];
  assertOption(known.includes(layout), where, 'layout', layout, `be one of ${known.join(', ')}`);
  assertOption(
    volumes === 'files' || layout === 'folders',
    where,
    'volumes',
    volumes,
    `be 'files' with layout ${layout}; 'series' is for folders`,
  );
  if (layout === 'csv') {
    assertOption(
      typeof images === 'string',
      where,
      'images',
      images,
      'be the path of a table for layout csv',
    );
    const rows = await table(images);
    if (rows.length === 0) throw emptyDataset(where, `no rows in ${folderName(images)}`);
    return rows;
  }
  assertOption(
    (masks !== undefined) === (layout === 'folders'),
    where,
    'masks',
    masks,
    layout === 'folders' ? 'be given' : `not be given with layout ${layout}: they lie beside their images`,
  );
  if (layout !== 'folders') return together(options);
  const list = volumes === 'series' ? (await import('./series-files.js')).seriesFiles : filesOf;
  const [imageFiles, maskFiles] = await Promise.all([list(images), list(masks!)]);
  if (imageFiles.length === 0) throw emptyDataset(where, `no images in ${folderName(images)}`);
  if (maskFiles.length === 0) throw emptyDataset(where, `no masks in ${folderName(masks!)}`);
  return paired(imageFiles, maskFiles, { pair, beside: volumes === 'series' });
}
