import { anything, flag, number, options as optionsOf, text, word } from '@segscape/core/schema';
import type { CacheOptions } from './cache-options.js';
import type { SplitLists } from './dataset.js';
import type { FolderSource } from './folder-source.js';
import type { Layout, Volumes } from './layouts.js';
import type { MaskOptions } from './mask-options.js';
import {
  cacheLines,
  classNames,
  decoder,
  maskLines,
  maxBytes,
  planeLines,
  readLines,
  splitLists,
  twoClasses,
} from './option-lines.js';
import type { Pair } from './pairing.js';
import type { ReadOptions } from './read-options.js';

export interface FolderOptions
  extends MaskOptions,
    CacheOptions,
    Pick<ReadOptions, 'decoder' | 'orientation' | 'channelAxis' | 'page' | 'time' | 'series' | 'maxBytes'> {
  /** Folder, or picked files, of the images; for the layouts other than `'folders'` of the masks too, or a table. */
  readonly images: FolderSource;
  /** For layout `'folders'`. */
  readonly masks?: FolderSource;
  /** Default `'folders'`. */
  readonly layout?: Layout;
  /**
   * `'series'`: the DICOM files of each folder below `images` (and `masks`) are the slices of one volume, sorted by their
   * positions and called by the folder (`images/case1/*.dcm`, `masks/case1.nii.gz` or `masks/case1/*.dcm`). Default
   * `'files'`: each file is an image.
   */
  readonly volumes?: Volumes;
  /** Names of the classes, the first usually the background. Default background and foreground. */
  readonly classes?: readonly string[];
  /**
   * Name of the mask that belongs to an image, without ending. Default `'{name}'`, or `'{name}_mask'` where masks lie
   * beside images. `'{name}_*'` joins all files that fit, one object each; `{ disc: '{name}_disc', cup: '{name}_cup' }`
   * joins one file a class; `'{folder}/../masks/*'` goes by folders.
   */
  readonly pair?: Pair;
  /**
   * The one class of a `pair` by class whose masks are read, against all else: `classes: ['not disc', 'disc']`, `only:
   * 'disc'`. Patterns of the other classes then merely tell masks from images. For classes that overlap: each has a data set
   * of its own, whose masks follow `scale` by themselves.
   */
  readonly only?: string;
  /** What must stay together in a split: a regular expression whose first group finds it in the name. */
  readonly group?: string | ((name: string) => string);
  /** Factor of both sides, rounded to whole pixels; below 1 each new pixel averages the area it covers. Default 1. */
  readonly scale?: number;
  /**
   * How masks follow `scale`: `'area'` (default), the class that covers the most of each new pixel; `'nearest'`, the
   * class under its centre.
   */
  readonly maskScaling?: 'area' | 'nearest';
  /**
   * Whether JPEG images that `scale` shrinks to a half or less are read at a half, a quarter or an eighth at once (`shrink` of
   * `readImage`), and TIFF pyramids from the level that is large enough, and averaged from there: several times faster, and
   * other bits by some levels. Sides that are no
   * multiple of that factor are stretched to one, by less than a pixel of the smaller picture. Default false.
   */
  readonly shrinkOnLoad?: boolean;
  /** Makes all images gray or all RGB; by default they stay as they are, without alpha. */
  readonly channels?: 1 | 3;
  /** Lists of ids that come with the data, or the path of a JSON file with them; for `splitDataset`. */
  readonly split?: SplitLists | string;
}

export const folderSchema = optionsOf<FolderOptions>(
  {
    images: anything(
      'Folder of the images; for layouts other than folders of the masks too, or a CSV table.',
    ),
    masks: anything('Folder of the masks, for layout folders.'),
    layout: word('How images and masks lie.', ['folders', 'suffix', 'patients', 'csv'], {
      default: 'folders',
    }),
    volumes: word(
      'What becomes of DICOM files of one slice: images, or a volume a folder.',
      ['files', 'series'],
      {
        default: 'files',
      },
    ),
    classes: { ...classNames, default: twoClasses },
    pair: anything("Name of the mask that belongs to an image: '{name}_mask'."),
    only: text('The one class of a pair by class whose masks are read.'),
    group: anything(
      'What stays together in a split: a regular expression whose first group finds it in the name.',
    ),
    scale: number('Factor of both sides.', { default: 1, exclusiveMinimum: 0 }),
    maskScaling: word(
      'How masks follow scale: the class of the most area, or under the centre.',
      ['area', 'nearest'],
      {
        default: 'area',
      },
    ),
    shrinkOnLoad: flag(
      'Whether JPEG images and pyramids that scale shrinks are read smaller at once: faster, other bits.',
      {
        default: false,
      },
    ),
    channels: { type: 'integer', enum: [1, 3], description: 'Makes all images gray (1) or RGB (3).' },
    split: splitLists,
    ...cacheLines,
    ...maskLines,
    decoder,
    orientation: readLines.orientation,
    channelAxis: readLines.channelAxis,
    ...planeLines,
    maxBytes,
  },
  ['images'],
);
