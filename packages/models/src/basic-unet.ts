import { integer, list, type OptionsSchema, options as optionsOf, word } from '@segscape/core/schema';
import { type BlockForm, plainBlock } from './block.js';
import { defineModel } from './define-model.js';
import { pooledLevel } from './encoder.js';
import { encoderDecoder } from './encoder-decoder.js';
import { familySchema, type UnetOptions } from './options.js';

export interface BasicUnetOptions
  extends Pick<UnetOptions, 'inputChannels' | 'classes' | 'momentum' | 'initializer'> {
  /** `'2d'` for images, `'3d'` for volumes. Default `'2d'`. */
  readonly space?: '2d' | '3d';
  /** Channels of the five levels, the finest first, and of the last expanding step. Default `[32, 32, 64, 128, 256, 32]`. */
  readonly features?: readonly number[];
  /** Normalisation between each convolution and its leaky ReLU. Default `'instance'`. */
  readonly norm?: 'instance' | 'batch';
}

const { inputChannels, classes, momentum, initializer } = familySchema().properties;

const standardFeatures = [32, 32, 64, 128, 256, 32];

export const basicUnetSchema: OptionsSchema<BasicUnetOptions> = optionsOf<BasicUnetOptions>({
  inputChannels,
  classes,
  space: word('Images or volumes.', ['2d', '3d'], { default: '2d' }),
  features: list(
    'Channels of the five levels, and of the last expanding step.',
    integer('Channels.', { minimum: 2 }),
    { default: standardFeatures, minItems: 6, maxItems: 6 },
  ),
  norm: word('Normalisation between each convolution and its leaky ReLU.', ['instance', 'batch'], {
    default: 'instance',
  }),
  momentum,
  initializer,
});

/**
 * MONAI's `BasicUNet` without dropout, with transposed convolutions: five levels of two 3×3 convolutions, each with its bias,
 * normalisation and leaky ReLU (0.1); the skipped maps are joined before the upsampled ones. Made for MONAI's weights: `fromTorch`
 * knows its names, and every bias is kept, so that `toTorch` gives back what came in.
 *
 * Parameters and features: those of `unet`.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 * @throws {SegscapeError} `BAD_OPTION`.
 * @see https://docs.monai.io/en/stable/networks.html#basicunet; after Falk et al., U-Net, 2019, https://doi.org/10.1038/s41592-018-0261-2
 */
export const basicUnet = defineModel('basicUnet', basicUnetSchema, (options, name) => {
  const { inputChannels: from = 1, classes: to = 2, features = standardFeatures, space = '2d' } = options;
  const spatial = space === '2d' ? 2 : 3;
  const form: BlockForm = {
    padding: 'same',
    norm: options.norm ?? 'instance',
    momentum: options.momentum ?? 0.1,
    slope: 0.1,
    bias: true,
  };
  const widths = features.slice(0, 5);
  return encoderDecoder(name, {
    spatial,
    inputChannels: from,
    classes: to,
    encoder: widths.map((channels, level) =>
      pooledLevel(plainBlock(`encoder.${level}`, spatial, widths[level - 1] ?? from, channels, form), {
        spatial,
        channels,
        pooled: level > 0,
      }),
    ),
    // Each step halves its channels while it doubles the size, but for the last, which keeps them.
    widths: [3, 2, 1, 0].map((level) => ({
      up: level > 0 ? widths[level + 1]! >> 1 : widths[1]!,
      channels: level > 0 ? widths[level]! : features[5]!,
    })),
    block: (scope, start, channels) => plainBlock(scope, spatial, start, channels, form),
    join: 'skip-first',
    ...(options.initializer && { initializer: options.initializer }),
  });
});
