import { type Raster, type Sample, SegscapeError } from '@segscape/core';
import { assertOptions, options as optionsOf, text } from '@segscape/core/schema';
import { platform } from '#platform';
import { cachedDataset, type Dataset, emptyDataset } from './dataset.js';
import { folderDataset } from './folder-dataset.js';
import { stackDataset } from './stack-dataset.js';

export interface Isbi2012Options {
  /**
   * Folder with the challenge's `train-volume.tif` and `train-labels.tif`, or with a folder of images and one of masks (called so,
   * or labels), `0.png` to `29.png`, at any depth.
   */
  readonly root: string;
}

export const isbi2012Schema = optionsOf<Isbi2012Options>(
  { root: text('Folder of the stacks, or of the sections as pictures.') },
  ['root'],
);

const where = 'isbi2012Dataset';
const classes = ['cell', 'membrane'];
const sections = 30;
/** µm; a section is 50 nm thick. */
const spacing = [0.004, 0.004];
/** The sister project's: the last three sections are looked at, not trained on. */
const [trained, tested] = [27, sections];
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The one folder of sections whose path says that it holds masks, or that it does not. */
function foldersOf(files: readonly string[], masks: boolean): string[] {
  const pictures = files.filter((path) => /(^|\/)\d+\.(png|tiff?|bmp)$/i.test(path));
  return [...new Set(pictures.map(folderOf))].filter((folder) => /mask|label/i.test(folder) === masks);
}

async function found(root: string): Promise<{ readonly dataset: Dataset; readonly form: string }> {
  const files = await platform.listTree(root);
  const stack = (name: string) =>
    files.find((path) => new RegExp(`(^|/)train-${name}\\.tiff?$`, 'i').test(path));
  const [volume, labels] = [stack('volume'), stack('labels')];
  const values = { classes, maskValues: [255, 0] };
  if (volume !== undefined && labels !== undefined)
    return {
      dataset: await stackDataset({ images: `${root}/${volume}`, masks: `${root}/${labels}`, ...values }),
      form: 'stacks',
    };
  const [images, masks] = [foldersOf(files, false), foldersOf(files, true)];
  if (images.length !== 1 || masks.length !== 1)
    throw emptyDataset(
      where,
      `below '${root}' neither train-volume.tif and train-labels.tif, nor one folder of sections (0.png to 29.png) and one of their masks (${images.length} and ${masks.length} found)`,
    );
  const at = (folder: string) => (folder === '' ? root : `${root}/${folder}`);
  return {
    dataset: await folderDataset({ images: at(images[0]!), masks: at(masks[0]!), ...values }),
    form: 'pictures',
  };
}

const measured = (raster: Raster): Raster => ({ ...raster, spacing });

/**
 * The training volume of the ISBI 2012 challenge, 30 sections of 512×512 pixels of 4 nm of the Drosophila first instar larva
 * ventral nerve cord (Cardona et al., 2010; Arganda-Carreras et al., 2015), with the sister project's split: sections 0 to 26 are
 * trained on, 27 to 29 tested. The classes are the inside of cells and their membranes, which are what is looked for. The labels lie
 * 0.64 pixels above and 0.14 to the left of the membranes (sections 0 to 26, standard errors 0.02).
 *
 * @param options where the sections are.
 * @returns a dataset of gray images and masks of cell and membrane; its ids are the numbers of the sections, its `split` the
 *   sister project's.
 * @throws {SegscapeError} `EMPTY_DATASET` where there are none, `PAIR_MISSING` where there are not all, and as `folderDataset`
 *   and `stackDataset`.
 */
export async function isbi2012Dataset(options: Isbi2012Options): Promise<Dataset> {
  assertOptions(where, options, isbi2012Schema);
  const { root } = options;
  const { dataset, form } = await found(root);
  if (dataset.length !== sections)
    throw new SegscapeError(
      'PAIR_MISSING',
      `${where}: expected the ${sections} sections of the training volume below '${root}', got ${dataset.length}. For other images use folderDataset or stackDataset.`,
      { details: { length: dataset.length } },
    );
  return cachedDataset({
    ...dataset,
    async get(index): Promise<Sample> {
      const { image, mask, ...sample } = await dataset.get(index);
      return { ...sample, image: measured(image), mask: measured(mask) };
    },
    split: { train: ids(0, trained), test: ids(trained, tested) },
    describe: () => ({ kind: 'isbi-2012', length: sections, classes, root, form }),
  });
}
