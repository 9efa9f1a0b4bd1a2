import {
  anything,
  either,
  integer,
  type JsonSchema,
  list,
  number,
  type OptionSchemas,
  options,
  text,
  word,
} from '@segscape/core/schema';
import type { CacheOptions } from './cache-options.js';
import type { MaskOptions } from './mask-options.js';
import type { PlaneOptions, ReadOptions } from './read-options.js';

// Lines that several datasets share, each told once.

/** Of functions that no config names: what an option is stands with its type, and it is checked where it is used. */
export const unchecked: JsonSchema = {};

export const decoder = word(
  "What reads JPEG and PNG: 'portable', the same bits everywhere, or 'sharp', faster, in Node.",
  ['portable', 'sharp'],
  { default: 'portable' },
);

export const maxBytes = integer('Most bytes of decoded pixels of a file.', {
  default: 2 ** 28,
  minimum: 1,
  unit: 'bytes',
});

/** Which picture of a file that holds several. */
export const planeLines = {
  page: integer('Which page of a TIFF, from 0.', { minimum: 0 }),
  time: integer('Which point in time, or frame of an animation, from 0.', { minimum: 0 }),
  series: integer('Which of the pictures that a TIFF tells of, from 0.', { minimum: 0 }),
} satisfies OptionSchemas<Required<PlaneOptions>>;

/** Options of reading one image. */
export const readLines = {
  as: word("'labels': stored values; 'instances': ids of objects.", ['image', 'labels', 'instances'], {
    default: 'image',
  }),
  alpha: word('An alpha channel that the file declares as such.', ['keep', 'drop'], { default: 'keep' }),
  orientation: word('Turn the picture upright as EXIF or TIFF says.', ['apply', 'ignore'], {
    default: 'apply',
  }),
  channelAxis: word(
    'Which pages of a TIFF are channels of one picture: those that the file says, all, or none.',
    ['auto', 'pages', 'samples'],
    { default: 'auto' },
  ),
  ...planeLines,
  level: integer("Level of a TIFF's pyramid, 0 the largest.", { minimum: 0 }),
  scale: number("Least share of the largest level's height and width.", { exclusiveMinimum: 0, maximum: 1 }),
  shrink: {
    type: 'integer',
    enum: [1, 2, 4, 8],
    description: 'How many times smaller both sides of a JPEG are read.',
    default: 1,
  },
  decoder,
  maxBytes,
} satisfies OptionSchemas<Required<ReadOptions>>;

export const readSchema = options<ReadOptions>(readLines);

/** Options of turning stored mask values into classes. */
export const maskLines = {
  maskValues: either('Stored value, or colour, of each class in their order.', [
    { type: 'array', minItems: 1 },
    { type: 'object' },
  ]),
  ignoreValues: anything('Stored values, or colours, of pixels that no class claims.'),
  maskThreshold: {
    type: 'number',
    description: 'Values above it are the second of two classes, or what a joined file marks.',
  },
  labels: word(
    'What stored values are: classes, or ids of objects.',
    ['classes', 'instances', 'boundaries'],
    {
      default: 'classes',
    },
  ),
} satisfies OptionSchemas<MaskOptions>;

/** How a dataset keeps what it has read. */
export const cacheLines = {
  cache: either(
    'Keep samples in memory once read, or on disk; of a folder, without it those that are scaled down.',
    [{ type: 'boolean' }, { type: 'string', enum: ['disk'] }],
  ),
  cacheFolder: text("Where cache 'disk' keeps them."),
} satisfies OptionSchemas<Required<CacheOptions>>;

/** Where none are named. */
export const twoClasses = ['background', 'foreground'];

export const classNames = list(
  'Names of the classes, the background first.',
  { type: 'string' },
  { maxItems: 256 },
);

export const splitLists = either('Lists of ids by part, or the path of a JSON file with them.', [
  { type: 'string', minLength: 1 },
  { type: 'object' },
]);
