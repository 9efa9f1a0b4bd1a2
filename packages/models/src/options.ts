import { assertOption } from '@segscape/core';
import {
  flag,
  integer,
  number,
  type OptionSchemas,
  type OptionsSchema,
  options as optionsOf,
  word,
} from '@segscape/core/schema';

export type Padding = 'same' | 'valid';
export type Upsampling = 'transpose' | 'bilinear';
export type Join = 'upsampled-first' | 'skip-first';
export type Norm = 'none' | 'batch' | 'instance' | 'group';
export type Initializer = 'he-normal' | 'study-normal' | 'torch';

/** Options that every network of the family takes. */
export interface UnetOptions {
  /** Channels of the images. Default 1. */
  readonly inputChannels?: number;
  /** Number of classes, that is channels of the logits; 1 for a single sigmoid. Default 2. */
  readonly classes?: number;
  /** Channels of the first level, doubled at each next. Default 64. */
  readonly baseChannels?: number;
  /** Levels of resolution, the input's included: `depth - 1` poolings. Default 5. */
  readonly depth?: number;
  /** `'valid'` (Ronneberger 2015: the logits are smaller than the images) or `'same'`, the default. */
  readonly padding?: Padding;
  /**
   * `'transpose'`: 2×2 transposed convolution, stride 2 (the default). `'bilinear'`: doubling by bilinear
   * interpolation (as PyTorch's with `align_corners=False`), then a 1×1 convolution.
   */
  readonly up?: Upsampling;
  /**
   * Order of the channels that an expanding step joins: the upsampled maps and then the skipped ones (the default,
   * as the original study's network and nnU-Net's), or the skipped ones first (as Pytorch-UNet and MONAI's BasicUNet). To a fresh
   * network it makes no difference; weights of the other order fit in shape and give wrong logits.
   */
  readonly join?: Join;
  /** Normalisation between each convolution and its ReLU; a normalised convolution has no bias. Default `'none'`. */
  readonly norm?: Norm;
  /** Groups of `norm: 'group'`. Default the largest divisor of the channels up to 8. */
  readonly groups?: number;
  /** Weight of the new batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  /** Share of the units dropped in the two deepest levels of the contracting path. Default 0. */
  readonly dropout?: number;
  /**
   * Whether each coarser level of the expanding path has logits of its own, which `forward` gives while training, for the
   * loss to be compared there, too. Needs `padding: 'same'`. Default false.
   * @see Lee et al., 2015, https://arxiv.org/abs/1409.5185
   */
  readonly deepSupervision?: boolean;
  /**
   * Spread of fresh kernels: `'he-normal'` (the default) √(2 / fan-in); `'study-normal'`, the original study's
   * √(2 / number of elements of the kernel); `'torch'`, uniform in ±1/√fan-in, biases too. Otherwise biases are 0.
   */
  readonly initializer?: Initializer;
}

export type ResolvedOptions = {
  readonly [K in Exclude<keyof UnetOptions, 'groups'>]-?: NonNullable<UnetOptions[K]>;
} & {
  readonly groups?: number;
};

/** Lines of the family's options, with the defaults that a network of it changes. */
const familyOptions = (changed: UnetOptions = {}) => {
  const lines: OptionSchemas<UnetOptions> = {
    inputChannels: integer('Channels of the images.', { default: 1, minimum: 1 }),
    classes: integer('Number of classes, 1 for a single sigmoid.', { default: 2, minimum: 1 }),
    baseChannels: integer('Channels of the first level, doubled at each next.', { default: 64, minimum: 1 }),
    depth: integer("Levels of resolution, the input's included.", { default: 5, minimum: 1 }),
    padding: word('Whether convolutions keep the size.', ['same', 'valid'], { default: 'same' }),
    up: word('How maps are doubled.', ['transpose', 'bilinear'], { default: 'transpose' }),
    join: word('Order of the channels that an expanding step joins.', ['upsampled-first', 'skip-first'], {
      default: 'upsampled-first',
    }),
    norm: word(
      'Normalisation between each convolution and its ReLU.',
      ['none', 'batch', 'instance', 'group'],
      {
        default: 'none',
      },
    ),
    groups: integer('Groups of group normalisation, a divisor of baseChannels.', { minimum: 1 }),
    momentum: number('Weight of the new batch in the running statistics.', {
      default: 0.1,
      exclusiveMinimum: 0,
      maximum: 1,
    }),
    dropout: number('Share of the units dropped in the two deepest levels.', {
      default: 0,
      minimum: 0,
      exclusiveMaximum: 1,
    }),
    deepSupervision: flag(
      'Whether coarser levels have logits of their own while training; with same padding.',
      {
        default: false,
      },
    ),
    initializer: word('Spread of fresh kernels.', ['he-normal', 'study-normal', 'torch'], {
      default: 'he-normal',
    }),
  };
  const standards = Object.entries(changed).map(
    ([name, value]) => [name, { ...lines[name as keyof UnetOptions], default: value }] as const,
  );
  return { ...lines, ...Object.fromEntries(standards) };
};

/** The options of a network of the family, with defaults of its own. */
export const familySchema = (
  changed: UnetOptions = {},
  others: Partial<OptionSchemas<UnetOptions>> = {},
): OptionsSchema<UnetOptions> => optionsOf<UnetOptions>({ ...familyOptions(changed), ...others });

/** Checked options of the family, their defaults filled in, as what they are then: all there. */
export function resolved(where: string, options: UnetOptions): ResolvedOptions {
  const all = options as ResolvedOptions;
  const { groups, baseChannels, deepSupervision, padding } = all;
  const fits = groups === undefined || baseChannels % groups === 0;
  assertOption(fits, where, 'groups', groups, `be a divisor of baseChannels (=${baseChannels})`);
  assertOption(
    !deepSupervision || padding === 'same',
    where,
    'deepSupervision',
    deepSupervision,
    "be false with padding 'valid', where levels show different parts of the image",
  );
  return all;
}
