import { assertOption, ignoreLabel, isRecord, type Raster, SegscapeError } from '@segscape/core';
import { anything, assertOptions, list, options as optionsOf, text } from '@segscape/core/schema';
import { platform } from '#platform';
import type { CacheOptions } from './cache-options.js';
import { type CocoSegmentation, paintSegmentation } from './coco-masks.js';
import { assertIndex, cachedDataset, type Dataset, emptyDataset } from './dataset.js';
import { corrupt, readJson } from './json-file.js';
import { assertFlat } from './mask-form.js';
import { cacheLines, decoder, maxBytes, planeLines } from './option-lines.js';
import { readImage } from './read-image.js';
import type { PlaneOptions, ReadOptions } from './read-options.js';
import { throughStore } from './sample-cache.js';
import { type ImageSource, nameOf } from './source.js';

export interface CocoOptions extends CacheOptions, PlaneOptions, Pick<ReadOptions, 'decoder' | 'maxBytes'> {
  /** Folder of the images, which the annotations name; or files that a user picked, found by their paths or names. */
  readonly images: string | readonly File[];
  /** The annotations' JSON file. */
  readonly annotations: ImageSource;
  /** Names of the categories to take, in this order, after the background. Default all, by their ids. */
  readonly categories?: readonly string[];
  /** Name of the class of pixels without annotation. Default `'background'`. */
  readonly background?: string;
}

export const cocoSchema = optionsOf<CocoOptions>(
  {
    images: anything('Folder of the images, which the annotations name.'),
    annotations: anything("The annotations' JSON file."),
    categories: list('Names of the categories to take, in this order; without it all.', { type: 'string' }),
    background: text('Name of the class of pixels without annotation.', { default: 'background' }),
    decoder,
    ...cacheLines,
    ...planeLines,
    maxBytes,
  },
  ['images', 'annotations'],
);

interface Annotation {
  readonly label: number;
  readonly crowd: boolean;
  readonly segmentation: CocoSegmentation;
}

interface Entry {
  readonly id: string;
  readonly file: string;
  readonly height: number;
  readonly width: number;
  readonly annotations: Annotation[];
}

const where = 'cocoDataset';
const form = '{ "images": […], "annotations": […], "categories": […] }';

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): value is number | string => isText(value) || typeof value === 'number';

function entriesOf(source: ImageSource, content: unknown, wanted: readonly string[] | undefined) {
  const wrong = (why: string) => corrupt(where, source, why, form);
  if (!isRecord(content)) throw wrong('is no object');
  const { images, annotations, categories } = content;
  if (!Array.isArray(images) || !Array.isArray(annotations) || !Array.isArray(categories))
    throw wrong('lacks images, annotations or categories');
  const named = categories.map((category: unknown) => {
    if (!isRecord(category) || !isId(category.id) || !isText(category.name))
      throw wrong('has a category without id or name');
    return { id: category.id, name: category.name };
  });
  named.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  // Some tools list a name twice, as a category and as what it is a kind of: one class.
  const classes = wanted ?? [...new Set(named.map(({ name }) => name))];
  const again = classes.find((name, i) => classes.indexOf(name) < i);
  assertOption(again === undefined, where, 'categories', again, 'be named once');
  for (const name of classes)
    assertOption(
      named.some((category) => category.name === name),
      where,
      'categories',
      name,
      `be among those of the file: ${named.map((category) => category.name).join(', ')}`,
    );
  const labels = new Map(named.map(({ id, name }) => [id, classes.indexOf(name) + 1]));
  const entries = new Map<number | string, Entry>();
  for (const image of images as unknown[]) {
    if (!isRecord(image) || !isId(image.id) || !isText(image.file_name))
      throw wrong('has an image without id or file_name');
    const { id, file_name: file, height, width } = image;
    if (!Number.isInteger(height) || !Number.isInteger(width))
      throw wrong(`gives image ${id} no height or width`);
    if (entries.has(id)) throw wrong(`gives two images the id ${id}`);
    entries.set(id, {
      id: file.replace(/\.[^./]+$/, ''),
      file,
      height: height as number,
      width: width as number,
      annotations: [],
    });
  }
  for (const annotation of annotations as unknown[]) {
    if (!isRecord(annotation) || !isId(annotation.image_id) || !isId(annotation.category_id))
      throw wrong('has an annotation without image_id or category_id');
    const { image_id: image, category_id: category, segmentation, iscrowd } = annotation;
    const label = labels.get(category);
    const entry = entries.get(image);
    if (label === undefined || entry === undefined)
      throw wrong(
        `has an annotation of image ${image} and category ${category}, one of which it does not list`,
      );
    if (!Array.isArray(segmentation) && !isRecord(segmentation))
      throw wrong(`has an annotation of image ${image} without segmentation`);
    if (label > 0 && Array.isArray(segmentation) && segmentation.length === 0)
      throw wrong(`has an annotation of image ${image} that is a box without an outline`);
    if (label > 0)
      entry.annotations.push({
        label,
        crowd: iscrowd === 1 || iscrowd === true,
        segmentation: segmentation as CocoSegmentation,
      });
  }
  return { classes, entries: [...entries.values()] };
}

/** The picked file that annotations name: by its whole path where one has it, else by its last part. */
function pickedFile(files: readonly File[], named: string): File {
  const paths = files.map(({ webkitRelativePath, name }) => webkitRelativePath || name);
  const last = named.slice(named.lastIndexOf('/') + 1);
  for (const wanted of new Set([named, last])) {
    const found = paths.findIndex((path) => path === wanted || path.endsWith(`/${wanted}`));
    if (found >= 0) return files[found]!;
  }
  throw new SegscapeError(
    'NOT_FOUND',
    `${where}: '${named}', which the annotations name, is not among the ${files.length} files. Choose it, too.`,
    { details: { path: named } },
  );
}

/** Objects in the file's order, later ones over earlier; crowds are void where no object is. */
function maskOf(source: ImageSource, { height, width, annotations, file }: Entry): Raster {
  const data = new Uint8Array(height * width);
  const inOrder = [...annotations].sort((a, b) => Number(b.crowd) - Number(a.crowd));
  for (const { label, crowd, segmentation } of inOrder)
    try {
      paintSegmentation(segmentation, height, width, (at) => {
        data[at] = crowd ? ignoreLabel : label;
      });
    } catch (cause) {
      throw corrupt(
        where,
        source,
        `has a damaged annotation of '${file}' (${(cause as Error).message})`,
        form,
        cause,
      );
    }
  return { data, height, width, channels: 1 };
}

/**
 * Images with COCO's annotations: polygons (pixels whose centre lies inside), runs, and crowds, which are void (255).
 * Categories are the classes from 1 on.
 *
 *     await cocoDataset({ images: 'train2017', annotations: 'instances_train2017.json', categories: ['cell'] });
 *
 * @param options folder or files of the images, the annotations' JSON, and which categories become classes.
 * @returns a dataset; masks are uint8 class indices `[height, width]`, 255 for crowds. Images are read by `get`.
 * @throws {SegscapeError} `CORRUPT_FILE`, `EMPTY_DATASET`, `BAD_OPTION`, `NOT_FOUND`; while reading `UNREADABLE_IMAGE`,
 * `UNSUPPORTED_FORMAT`, `MASK_SIZE_MISMATCH`.
 * @see Lin et al., Microsoft COCO, 2014. https://arxiv.org/abs/1405.0312
 */
export async function cocoDataset(options: CocoOptions): Promise<Dataset> {
  assertOptions(where, options, cocoSchema);
  const { images, annotations, categories, background = 'background', ...given } = options;
  const { cache = false, cacheFolder, ...read } = given;
  const { classes: names, entries } = entriesOf(
    annotations,
    await readJson(where, annotations, form),
    categories,
  );
  const classes = [background, ...names];
  if (entries.length === 0) throw emptyDataset(where, `no images in '${nameOf(annotations)}'`);
  assertOption(
    classes.length <= ignoreLabel,
    where,
    'categories',
    names.length,
    `be fewer than ${ignoreLabel}`,
  );
  const ids = entries.map(({ id }) => id);
  const known = new Set<string>();
  const twice = ids.find((id) => known.size === known.add(id).size);
  if (twice !== undefined) throw corrupt(where, annotations, `lists '${twice}' twice`, form);
  const crowds = entries.some((entry) => entry.annotations.some(({ crowd }) => crowd));
  const store = cache === 'disk' ? await platform.sampleStore(cacheFolder) : undefined;
  const made = async (entry: Entry, source: ImageSource, name: string) => {
    // Annotations are drawn over the pixels as stored.
    const image = await readImage(source, { ...read, alpha: 'drop', orientation: 'ignore' });
    assertFlat(where, image, `'${name}'`, 'its annotations are of a picture');
    if (image.height !== entry.height || image.width !== entry.width)
      throw new SegscapeError(
        'MASK_SIZE_MISMATCH',
        `${where}: image '${name}' is ${image.width}×${image.height} pixels (width×height), its ` +
          `annotations are of ${entry.width}×${entry.height}. Annotate the image itself.`,
        { details: { image: [image.height, image.width], annotations: [entry.height, entry.width] } },
      );
    const mask = maskOf(annotations, entry);
    return { image, mask: image.spacing ? { ...mask, spacing: image.spacing } : mask };
  };
  const dataset: Dataset = {
    length: entries.length,
    classes,
    ...(crowds && { ignoreIndex: ignoreLabel }),
    ids,
    async get(index) {
      assertIndex(where, index, entries.length);
      const entry = entries[index]!;
      const picked = typeof images === 'string' ? undefined : pickedFile(images, entry.file);
      const name = picked === undefined ? `${images}/${entry.file}` : entry.file;
      const source = picked ?? name;
      if (store === undefined) return { id: entry.id, ...(await made(entry, source, name)) };
      const kept = await throughStore(store, { ...read, entry }, [{ name, sources: [source] }], (held) =>
        made(entry, held.flat()[0]!, name),
      );
      return { id: entry.id, ...kept };
    },
    describe: () => ({
      kind: 'coco',
      length: entries.length,
      classes,
      images: typeof images === 'string' ? images : images.map(({ name }) => name),
      annotations: nameOf(annotations),
    }),
  };
  return cache === true ? cachedDataset(dataset) : dataset;
}
