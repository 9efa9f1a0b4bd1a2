import { type Raster, SegscapeError } from '@segscape/core';
import { assertOptions, number, options as optionsOf, text, word } from '@segscape/core/schema';
import { platform } from '#platform';
import { assertIndex, cachedDataset, type Dataset, emptyDataset } from './dataset.js';
import { naturally } from './folder-source.js';
import { assertFlat } from './mask-form.js';
import { maskReader } from './mask-values.js';
import { decoder } from './option-lines.js';
import { readImage } from './read-image.js';
import { readMasks } from './read-mask.js';
import type { Decoder } from './read-options.js';
import { resizeArea, resizeNearest, sameKind } from './resample.js';

export interface RimOneOptions {
  /** Folder of the unpacked database, with `Healthy` and `Glaucoma and suspects` below it at any depth. */
  readonly root: string;
  /** Which half of the stereo pair. Default `'left'`, as in the original study. */
  readonly eye?: 'left' | 'right';
  /** Factor of both sides, rounded down. Default 0.4: 428×569 (width×height) from 1072×1424. */
  readonly scale?: number;
  /** Mask values above it are the structure. Default 20. */
  readonly maskThreshold?: number;
  /** Default `'disc'`. */
  readonly structure?: 'disc' | 'cup';
  /** Whose masks: folders `Average_masks` (default), `Expert1_masks`, `Expert2_masks`. */
  readonly annotator?: 'average' | 'expert1' | 'expert2';
  readonly decoder?: Decoder;
}

export const rimOneSchema = optionsOf<RimOneOptions>(
  {
    root: text('Folder of the unpacked database.'),
    eye: word('Which half of the stereo pair.', ['left', 'right'], { default: 'left' }),
    scale: number('Factor of both sides.', { default: 0.4, exclusiveMinimum: 0, maximum: 1 }),
    maskThreshold: number('Mask values above it are the structure.', { default: 20 }),
    structure: word('What is outlined.', ['disc', 'cup'], { default: 'disc' }),
    annotator: word('Whose masks.', ['average', 'expert1', 'expert2'], { default: 'average' }),
    decoder,
  },
  ['root'],
);

const picture = /\.(jpe?g|png|bmp|tiff?|gif)$/i;
const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1).replace(picture, '');
const sideBySide = 2144;

/** One half of a stereo pair; a raster that is no wider than a half is taken whole. */
function half(raster: Raster, eye: 'left' | 'right', full: number): Raster {
  const { data, height, width, channels } = raster;
  if (width !== full) return raster;
  const part = width >> 1;
  const out = sameKind(data, height * part * channels);
  const from = (eye === 'left' ? 0 : part) * channels;
  for (let y = 0; y < height; y++)
    out.set(
      data.subarray(y * width * channels + from, y * width * channels + from + part * channels),
      y * part * channels,
    );
  return { ...raster, data: out, width: part };
}

function pairs(files: readonly string[], structure: string, annotator: string) {
  const isMask = (path: string) => /mask/i.test(path.slice(0, path.lastIndexOf('/') + 1));
  const pictures = files.filter((path) => picture.test(path)).sort(naturally);
  const masks = pictures.filter(
    (path) =>
      isMask(path) &&
      path.toLowerCase().includes(annotator) &&
      baseName(path).toLowerCase().includes(structure),
  );
  return pictures
    .filter((path) => !isMask(path))
    .map((image) => {
      const stem = `${baseName(image)}-`.toLowerCase();
      return { image, mask: masks.find((path) => baseName(path).toLowerCase().startsWith(stem)) };
    });
}

/**
 * RIM-ONE r3 (Fumero et al., 2011, 2015), 159 stereo fundus photographs with masks of the optic disc and cup, as the
 * original study prepared them: the left 1072 columns, ×0.4, mask values above 20 are disc. The data must be had
 * from its authors; the ids are the file names.
 *
 * @param options the data's folder, which eye of a pair, the factor of both sides and the mask's threshold.
 * @returns a dataset of RGB images and masks of background and disc; `group` is the patient where the name tells.
 * @throws {SegscapeError} `EMPTY_DATASET`, `PAIR_MISSING`, `NOT_FOUND`, and as `folderDataset` while reading.
 */
export async function rimOneDataset(options: RimOneOptions): Promise<Dataset> {
  const { root, eye = 'left', scale = 0.4, maskThreshold = 20, structure = 'disc' } = options;
  const { annotator = 'average', decoder = 'portable' } = options;
  const where = 'rimOneDataset';
  assertOptions(where, options, rimOneSchema);
  const classes = ['background', structure];
  const toClasses = maskReader(where, classes, { maskThreshold });
  const found = pairs(await platform.listTree(root), structure, annotator);
  if (found.length === 0) throw emptyDataset(where, `no images below '${root}'`);
  const alone = found.filter(({ mask }) => mask === undefined).map(({ image }) => image);
  if (alone.length > 0)
    throw new SegscapeError(
      'PAIR_MISSING',
      `${where}: no ${annotator} ${structure} mask for ${alone
        .slice(0, 5)
        .map((path) => `'${path}'`)
        .join(', ')}` + `${alone.length > 5 ? ` and ${alone.length - 5} more` : ''}.`,
      { details: { imagesWithoutMask: alone } },
    );
  const ids = found.map(({ image }) => baseName(image));
  return cachedDataset({
    length: found.length,
    classes,
    ids,
    async get(index) {
      assertIndex(where, index, found.length);
      const { image, mask } = found[index]!;
      const [wholeImage, [wholeMask]] = await Promise.all([
        readImage(`${root}/${image}`, { decoder, alpha: 'drop' }),
        readMasks(where, mask!, `${root}/${mask}`, { decoder, maskThreshold }, false),
      ]);
      assertFlat(where, wholeImage, `'${image}'`, 'its photographs are flat');
      assertFlat(where, wholeMask!, `'${mask}'`, 'its masks are flat');
      const full = Math.max(wholeImage.width, sideBySide);
      const photograph = half(wholeImage, eye, full);
      const labels = half(toClasses(wholeMask!, mask!), eye, full);
      if (photograph.height !== labels.height || photograph.width !== labels.width)
        throw new SegscapeError(
          'MASK_SIZE_MISMATCH',
          `${where}: '${image}' is ${photograph.width}×${photograph.height}, its mask '${mask}' ${labels.width}×${labels.height}.`,
        );
      const size = (length: number) => Math.floor(length * scale);
      const [height, width] = [size(photograph.height), size(photograph.width)];
      return {
        id: ids[index]!,
        image: resizeArea(photograph, height, width),
        mask: resizeNearest(labels, height, width),
      };
    },
    describe: () => ({
      kind: 'rim-one',
      length: found.length,
      classes,
      root,
      eye,
      scale,
      maskThreshold,
      annotator,
    }),
  });
}
