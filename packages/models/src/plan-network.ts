import { assertOption } from '@segscape/core';
import {
  assertOptions,
  integer,
  list,
  number,
  type OptionsSchema,
  options,
  withDefaults,
} from '@segscape/core/schema';

export interface PlanOptions {
  /** Size of the patches to train on, pixels, `[height, width]` or `[depth, height, width]`. Default `[256, 256]`. */
  readonly patchSize?: readonly number[];
  /** Size of a pixel along each axis, of any one unit. Default all equal. */
  readonly spacing?: readonly number[];
  /** Channels of the first level, doubled at each next. Default 32. */
  readonly baseChannels?: number;
  /** Most channels of a level. Default 512 for images, 320 for volumes. */
  readonly maxChannels?: number;
  /**
   * By how much each level shrinks each axis, the finest first, whose are all 1; instead of what patch and spacing would give, so that
   * `spacing` is refused beside it. Default planned.
   */
  readonly strides?: readonly (readonly number[])[];
  /** Edges of each level's kernels, odd. Default planned; beside `strides` all 3. */
  readonly kernelSizes?: readonly (readonly number[])[];
  /** Channels of each level, instead of doubling `baseChannels`. Default planned. */
  readonly channels?: readonly number[];
}

/** A network's outline as plain data; every list has one entry a level, the finest first. */
export interface NetworkPlan {
  readonly spatial: 2 | 3;
  /** The patch, padded at the end to what the strides need, pixels. */
  readonly patchSize: readonly number[];
  /** What each axis must be a multiple of, pixels. */
  readonly multiples: readonly number[];
  /** How often each axis is halved, or shrunk by another stride. */
  readonly poolings: readonly number[];
  readonly channels: readonly number[];
  /** By how much each level shrinks each axis; all 1 for the first. */
  readonly strides: readonly (readonly number[])[];
  /** Edges of each level's kernels; planned ones are 1 or 3. */
  readonly kernelSizes: readonly (readonly number[])[];
}

/** A whole number for each axis of images or volumes. */
const axes = (description: string, unit: string) =>
  list(description, integer(unit, { minimum: 1 }), { minItems: 2, maxItems: 3 });

/** Lines of the options of a plan. */
export const planOptions = {
  patchSize: list(
    'Size of the patches, [height, width] or [depth, height, width].',
    integer('Pixels.', { minimum: 1 }),
    {
      default: [256, 256],
      minItems: 2,
      maxItems: 3,
    },
  ),
  spacing: list(
    'Size of a pixel along each axis, of any one unit.',
    number('Length.', { exclusiveMinimum: 0 }),
  ),
  baseChannels: integer('Channels of the first level, doubled at each next.', { default: 32, minimum: 1 }),
  maxChannels: integer('Most channels of a level; 512 for images, 320 for volumes unless given.', {
    minimum: 1,
  }),
  strides: list(
    'By how much each level shrinks each axis, the finest first; planned unless given.',
    axes('Strides of a level.', 'Times.'),
    { minItems: 1 },
  ),
  kernelSizes: list(
    "Edges of each level's kernels, odd; planned unless given, all 3 beside strides.",
    axes('Edges of a kernel.', 'Pixels.'),
    { minItems: 1 },
  ),
  channels: list(
    'Channels of each level; baseChannels doubled unless given.',
    integer('Channels.', { minimum: 1 }),
    { minItems: 1 },
  ),
};

export const planNetworkSchema: OptionsSchema<PlanOptions> = options<PlanOptions>(planOptions);

/** Smallest edge of the deepest maps, pixels (`UNet_featuremap_min_edge_length`). */
const smallest = 4;

/**
 * A U-Net's depth, strides and kernels from the patch it is trained on and the spacing of its pixels, by nnU-Net's rules: level after level,
 * every axis of at least 2·4 pixels whose spacing is less than twice the finest of those is halved (a single one only from 3·4
 * pixels on); a kernel's edge is 1 along an axis until its spacing comes within that factor of the finest, then 3, and 3 at
 * the deepest level; channels double up to 512 (images) or 320 (volumes).
 *
 *     planNetwork({ patchSize: [20, 320, 256], spacing: [5, 0.5, 0.5] }).strides[1]; // [1, 2, 2]
 *
 * @param given patch and spacing along each axis.
 * @returns plain JSON.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Isensee et al., nnU-Net, 2021, https://doi.org/10.1038/s41592-020-01008-z; `get_pool_and_conv_props` of its code.
 */
export function planNetwork(given: PlanOptions = {}): NetworkPlan {
  assertOptions('planNetwork', given, planNetworkSchema);
  return planOf('planNetwork', withDefaults(given, planNetworkSchema));
}

/** `planNetwork` from options that were checked, with the name that errors begin with. */
export function planOf(where: string, options: PlanOptions): NetworkPlan {
  const { patchSize = [256, 256], baseChannels = 32, maxChannels } = options;
  const { strides, kernelSizes } = options.strides
    ? givenOutline(where, options.strides, options)
    : plannedOutline(where, patchSize, options);
  const spatial = strides[0]!.length === 2 ? 2 : 3;
  const most = maxChannels ?? (spatial === 2 ? 512 : 320);
  const { channels = strides.map((_, level) => Math.min(most, baseChannels * 2 ** level)) } = options;
  for (const [name, lists] of Object.entries({ kernelSizes, channels }))
    assertOption(
      lists.length === strides.length,
      where,
      name,
      lists,
      `have one entry for each of the ${strides.length} levels`,
    );
  const fits = kernelSizes.every((edges) => edges.length === spatial && edges.every((n) => n % 2 === 1));
  assertOption(fits, where, 'kernelSizes', kernelSizes, `have ${spatial} odd edges for each level`);
  const multiples = strides[0]!.map((_, axis) =>
    strides.reduce((product, stride) => product * stride[axis]!, 1),
  );
  // Of a patch that was not given, where strides say how many axes there are, nothing is known but what fits.
  const patch = patchSize.length === spatial ? patchSize : multiples;
  return {
    spatial,
    patchSize: patch.map((length, axis) => Math.ceil(length / multiples[axis]!) * multiples[axis]!),
    multiples,
    poolings: multiples.map((_, axis) => strides.filter((stride) => stride[axis]! > 1).length),
    channels,
    strides,
    kernelSizes,
  };
}

type Outline = Pick<NetworkPlan, 'strides' | 'kernelSizes'>;

function plannedOutline(
  where: string,
  patchSize: readonly number[],
  { spacing = patchSize.map(() => 1), kernelSizes }: PlanOptions,
): Outline {
  const fits = spacing.length === patchSize.length;
  assertOption(
    fits,
    where,
    'spacing',
    spacing,
    `have one length for each of the ${patchSize.length} axes of patchSize`,
  );
  return { ...halvings(patchSize, spacing), ...(kernelSizes && { kernelSizes }) };
}

function givenOutline(
  where: string,
  strides: readonly (readonly number[])[],
  { spacing, kernelSizes = strides.map((stride) => stride.map(() => 3)) }: PlanOptions,
): Outline {
  assertOption(spacing === undefined, where, 'spacing', spacing, 'be left out where strides are given');
  const [first] = strides;
  assertOption(
    first!.every((n) => n === 1),
    where,
    'strides[0]',
    first,
    "be of 1: the first level has the images' size",
  );
  const alike = strides.every(({ length }) => length === first!.length);
  assertOption(alike, where, 'strides', strides, `have ${first!.length} axes at each level`);
  return { strides, kernelSizes };
}

function halvings(patchSize: readonly number[], spacing: readonly number[]) {
  const size = [...patchSize];
  const apart = [...spacing];
  const strides: number[][] = [size.map(() => 1)];
  const kernelSizes: number[][] = [];
  const kernel = size.map(() => 1);
  for (;;) {
    const large = size.map((length) => length >= 2 * smallest);
    const finest = Math.min(...apart.filter((_, axis) => large[axis]));
    const halved = size.map((_, axis) => large[axis]! && apart[axis]! / finest < 2);
    const chosen = size.filter((_, axis) => halved[axis]);
    if (chosen.length === 0 || (chosen.length === 1 && chosen[0]! < 3 * smallest)) break;
    // Against the finest of all axes, those included that are too small to halve; what is 3 stays 3.
    const nearest = Math.min(...apart);
    for (const [axis, length] of apart.entries()) if (length / nearest < 2) kernel[axis] = 3;
    kernelSizes.push([...kernel]);
    strides.push(halved.map((yes) => (yes ? 2 : 1)));
    for (const [axis, yes] of halved.entries())
      if (yes) {
        apart[axis]! *= 2;
        size[axis] = Math.ceil(size[axis]! / 2);
      }
  }
  kernelSizes.push(size.map(() => 3));
  return { strides, kernelSizes };
}
