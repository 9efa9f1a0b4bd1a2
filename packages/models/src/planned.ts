import { assertOption } from '@segscape/core';
import {
  either,
  flag,
  integer,
  list,
  type OptionsSchema,
  options as optionsOf,
  word,
} from '@segscape/core/schema';
import { type BlockForm, plainBlock } from './block.js';
import { defineModel } from './define-model.js';
import type { Encoder } from './encoder.js';
import { encoderDecoder } from './encoder-decoder.js';
import type { NetworkBody } from './network.js';
import { familySchema, type UnetOptions } from './options.js';
import { type NetworkPlan, type PlanOptions, planOf, planOptions } from './plan-network.js';
import { residualLevel } from './residual-encoder.js';

/** Options of networks with nnU-Net's outline. */
export interface PlannedOptions
  extends Pick<
    UnetOptions,
    'inputChannels' | 'classes' | 'norm' | 'groups' | 'momentum' | 'deepSupervision' | 'initializer' | 'join'
  > {
  /** Residual blocks of each encoder level, the finest first; the last counts for all deeper ones. Default `[1, 3, 4, 6]`. */
  readonly blocks?: readonly number[];
  /**
   * Convolutions of each expanding step, or of each, the deepest first; the last counts for all finer ones. Default 2 with a plain encoder,
   * 1 with a residual one.
   */
  readonly decoderConvolutions?: number | readonly number[];
}

export interface DynamicUnetOptions extends PlannedOptions, PlanOptions {
  /** Convolutions of each plain encoder level, or of each, the finest first; the last counts for all deeper ones. Default 2. */
  readonly convolutions?: number | readonly number[];
  /** Blocks of the contracting path: two convolutions, or residual blocks. Default `'plain'`. */
  readonly encoder?: 'plain' | 'residual';
}

export interface ResidualEncoderUnetOptions extends PlannedOptions {
  /** Channels of the first level, doubled at each next up to 512. Default 32. */
  readonly baseChannels?: number;
  /** Levels of resolution, the input's included. Default 6. */
  readonly depth?: number;
}

const { inputChannels, classes, norm, groups, momentum, initializer, join } = familySchema().properties;

const count = integer('Convolutions.', { minimum: 1 });
/** A number for all levels, or a list with one for each. */
const oneOrEach = (description: string, facts = {}) =>
  either(description, [count, list('One for each level.', count, { minItems: 1 })], facts);

/** The number of a level; the last of a list counts for all further ones. */
const at = (given: number | readonly number[], level: number): number =>
  typeof given === 'number' ? given : given[Math.min(level, given.length - 1)]!;

const plannedOptions = {
  inputChannels,
  classes,
  norm: { ...norm, default: 'instance' },
  groups,
  momentum,
  join,
  blocks: list(
    'Residual blocks of each encoder level; the last counts for all deeper ones.',
    integer('Blocks.', { minimum: 1 }),
    { default: [1, 3, 4, 6], minItems: 1 },
  ),
  decoderConvolutions: oneOrEach(
    'Convolutions of each expanding step, the deepest first; 2 with a plain encoder, 1 with a residual one unless given.',
  ),
  deepSupervision: flag('Whether coarser levels have logits of their own while training.', {
    default: false,
  }),
  initializer,
};

/** Slope of nnU-Net's leaky ReLUs. */
const slope = 0.01;

function plannedBody(
  name: string,
  { spatial, channels, strides, kernelSizes }: NetworkPlan,
  encoder: 'plain' | 'residual',
  options: PlannedOptions & Pick<DynamicUnetOptions, 'convolutions'>,
): NetworkBody {
  const {
    inputChannels: from = 1,
    classes: to = 2,
    norm: kind = 'instance',
    momentum: weight = 0.1,
  } = options;
  const { blocks = [1], convolutions = 2, groups: parts } = options;
  const { decoderConvolutions = encoder === 'plain' ? 2 : 1 } = options;
  const divides = parts === undefined || channels.every((width) => width % parts === 0);
  assertOption(
    divides,
    name,
    'groups',
    parts,
    `be a divisor of the levels' channels (=${channels.join(', ')})`,
  );
  const formOf = (level: number): BlockForm => ({
    padding: 'same',
    norm: kind,
    momentum: weight,
    slope,
    size: kernelSizes[level]!,
    ...(parts !== undefined && { groups: parts }),
  });
  const levels: Encoder = channels.map((width, level) => {
    const scope = `encoder.${level}`;
    const start = level === 0 ? from : channels[level - 1]!;
    const stride = strides[level]!;
    const form = { ...formOf(level), stride };
    if (encoder === 'plain') {
      const plain = { ...form, convolutions: at(convolutions, level) };
      return { ...plainBlock(scope, spatial, start, width, plain), channels: width, stride };
    }
    const stem = level === 0 && { stem: width };
    return residualLevel(scope, {
      spatial,
      from: start,
      to: width,
      blocks: at(blocks, level),
      ...stem,
      form,
    });
  });
  return encoderDecoder(name, {
    spatial,
    inputChannels: from,
    classes: to,
    encoder: levels,
    block: (scope, start, width, level) =>
      plainBlock(scope, spatial, start, width, {
        ...formOf(level),
        convolutions: at(decoderConvolutions, channels.length - 2 - level),
      }),
    ...(options.join && { join: options.join }),
    ...(options.deepSupervision && { deepSupervision: true }),
    ...(options.initializer && { initializer: options.initializer }),
  });
}

export const dynamicUnetSchema: OptionsSchema<DynamicUnetOptions> = optionsOf<DynamicUnetOptions>({
  ...plannedOptions,
  ...planOptions,
  encoder: word('Blocks of the contracting path.', ['plain', 'residual'], { default: 'plain' }),
  convolutions: oneOrEach('Convolutions of each plain encoder level, the finest first.', { default: 2 }),
});

/**
 * nnU-Net's U-Net for patches of a size and pixels of a spacing, in two or three dimensions: `planNetwork` says its depth, strides, kernels and
 * channels; steps are strided convolutions, and transposed ones of the same stride in the expanding path; instance
 * normalisation and leaky ReLU (0.01). `encoder: 'residual'` is its ResEnc (blocks 1, 3, 4, 6, 6, … and one convolution an
 * expanding step).
 *
 *     dynamicUnet({ patchSize: [28, 256, 256], spacing: [3, 0.8, 0.8], classes: 3, deepSupervision: true });
 *
 * `strides`, `kernelSizes`, `channels`, `convolutions` and `blocks` say what is not to be planned; `nnunetOptions` reads them from
 * nnU-Net's own `plans.json`.
 *
 * Parameters and features: those of `unet`, and of `residualLevel` with a residual encoder.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Isensee et al., nnU-Net, 2021, https://doi.org/10.1038/s41592-020-01008-z
 */
export const dynamicUnet = defineModel('dynamicUnet', dynamicUnetSchema, (options, name) =>
  plannedBody(name, planOf(name, options), options.encoder ?? 'plain', options),
);

export const residualEncoderUnetSchema: OptionsSchema<ResidualEncoderUnetOptions> =
  optionsOf<ResidualEncoderUnetOptions>({
    ...plannedOptions,
    baseChannels: integer('Channels of the first level, doubled at each next up to 512.', {
      default: 32,
      minimum: 1,
    }),
    depth: integer("Levels of resolution, the input's included.", { default: 6, minimum: 1 }),
  });

/**
 * nnU-Net's residual encoder U-Net over images, of a depth that is given instead of planned: every level halves both axes, every
 * kernel is 3×3. `dynamicUnet({ encoder: 'residual' })` plans it, for volumes, too.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see Isensee et al., nnU-Net Revisited, 2024, https://arxiv.org/abs/2404.09556
 */
export const residualEncoderUnet = defineModel(
  'residualEncoderUnet',
  residualEncoderUnetSchema,
  (options, name) => {
    const { baseChannels = 32, depth = 6 } = options;
    const levels = Array.from({ length: depth }, (_, level) => level);
    const edge = 2 ** (depth - 1);
    const plan: NetworkPlan = {
      spatial: 2,
      patchSize: [edge, edge],
      multiples: [edge, edge],
      poolings: [depth - 1, depth - 1],
      channels: levels.map((level) => Math.min(512, baseChannels * 2 ** level)),
      strides: levels.map((level) => (level === 0 ? [1, 1] : [2, 2])),
      kernelSizes: levels.map(() => [3, 3]),
    };
    return plannedBody(name, plan, 'residual', options);
  },
);
