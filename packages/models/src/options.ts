import { assertOption } from '@segscape/core';

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
   * as the original study's network), or the skipped ones first (as Pytorch-UNet, MONAI and nnU-Net). To a fresh
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

const integer = (where: string, name: string, value: number, low: number) =>
  assertOption(
    Number.isInteger(value) && value >= low,
    where,
    name,
    value,
    `be an integer of at least ${low}`,
  );

const oneOf = (where: string, name: string, value: string, words: readonly string[]) =>
  assertOption(
    words.includes(value),
    where,
    name,
    value,
    `be one of ${words.map((w) => `'${w}'`).join(', ')}`,
  );

/** Fills in the defaults and checks every option; errors name the network, the option and its value. */
export function resolveOptions(
  where: string,
  options: UnetOptions,
  defaults: UnetOptions = {},
): ResolvedOptions {
  const known = { ...defaults, ...withoutUndefined(options) };
  const resolved: ResolvedOptions = {
    inputChannels: known.inputChannels ?? 1,
    classes: known.classes ?? 2,
    baseChannels: known.baseChannels ?? 64,
    depth: known.depth ?? 5,
    padding: known.padding ?? 'same',
    up: known.up ?? 'transpose',
    join: known.join ?? 'upsampled-first',
    norm: known.norm ?? 'none',
    ...(known.groups === undefined ? {} : { groups: known.groups }),
    momentum: known.momentum ?? 0.1,
    dropout: known.dropout ?? 0,
    initializer: known.initializer ?? 'he-normal',
  };
  const unknown = Object.keys(options).find((key) => key !== 'groups' && !(key in resolved));
  assertOption(
    unknown === undefined,
    where,
    'option',
    unknown,
    `be one of ${Object.keys(resolved).join(', ')}, groups`,
  );
  for (const name of ['inputChannels', 'classes', 'baseChannels'] as const)
    integer(where, name, resolved[name], 1);
  integer(where, 'depth', resolved.depth, 1);
  oneOf(where, 'padding', resolved.padding, ['same', 'valid']);
  oneOf(where, 'up', resolved.up, ['transpose', 'bilinear']);
  oneOf(where, 'join', resolved.join, ['upsampled-first', 'skip-first']);
  oneOf(where, 'norm', resolved.norm, ['none', 'batch', 'instance', 'group']);
  oneOf(where, 'initializer', resolved.initializer, ['he-normal', 'study-normal', 'torch']);
  const { dropout, momentum, groups, baseChannels } = resolved;
  assertOption(dropout >= 0 && dropout < 1, where, 'dropout', dropout, 'be in [0, 1)');
  assertOption(momentum > 0 && momentum <= 1, where, 'momentum', momentum, 'be in (0, 1]');
  if (groups !== undefined)
    assertOption(
      Number.isInteger(groups) && groups > 0 && baseChannels % groups === 0,
      where,
      'groups',
      groups,
      `be a divisor of baseChannels (=${baseChannels})`,
    );
  return resolved;
}

function withoutUndefined(options: UnetOptions): UnetOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
