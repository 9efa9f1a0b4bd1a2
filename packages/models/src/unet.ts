import { type BlockMaker, plainBlock } from './block.js';
import { defineModel } from './define-model.js';
import { dropout } from './dropout.js';
import { pooledLevel } from './encoder.js';
import { encoderDecoder } from './encoder-decoder.js';
import type { Gate } from './gate.js';
import type { NetworkBody } from './network.js';
import { familySchema, type ResolvedOptions, resolved } from './options.js';
import { unetSizes } from './sizes.js';

/** What networks of the same outline do differently. */
export interface Variation {
  readonly block?: BlockMaker;
  /** Weighs the skipped maps by the upsampled ones before they are joined. */
  readonly gate?: (scope: string, spatial: 2 | 3, channels: number) => Gate;
}

/** The outline of `unet` in two or three dimensions, with its blocks and skips exchanged. */
export function unetOf(
  name: string,
  spatial: 2 | 3,
  options: ResolvedOptions,
  { block = plainBlock, gate }: Variation = {},
): NetworkBody {
  const { inputChannels, classes, baseChannels, depth, padding, up, join, initializer } = options;
  const width = (level: number) => baseChannels * 2 ** level;
  const cut = padding === 'valid' ? 4 : 0;
  const encoder = Array.from({ length: depth }, (_, level) => {
    const from = level === 0 ? inputChannels : width(level - 1);
    const scope = `encoder.${level}`;
    const rate = level > 0 && level >= depth - 2 ? options.dropout : 0;
    return pooledLevel(block(scope, spatial, from, width(level), options), {
      spatial,
      channels: width(level),
      pooled: level > 0,
      drop: dropout(scope, rate),
      cut,
    });
  });
  return encoderDecoder(name, {
    spatial,
    inputChannels,
    classes,
    encoder,
    block: (scope, from, to) => block(scope, spatial, from, to, options),
    up,
    join,
    ...(gate && { gate: (scope, channels) => gate(scope, spatial, channels) }),
    deepSupervision: options.deepSupervision,
    initializer,
    cut,
    sizes: unetSizes({ name, depth, padding }),
  });
}

export const unetSchema = familySchema();

/**
 * The U-Net of Ronneberger, Fischer and Brox, 2015 (https://arxiv.org/abs/1505.04597): `depth` levels of two 3×3
 * convolutions, halved by 2×2 maximum pooling and doubled again by 2×2 transposed convolution, the skipped maps
 * cropped at the centre and concatenated after the upsampled ones (or before: `join`), and a 1×1 convolution to the logits.
 *
 *     unet({ inputChannels: 3, classes: 2, baseChannels: 32, padding: 'valid' }); // the original study's
 *
 * Parameters: `encoder.L.conv.I.kernel` and `.bias` (level L = 0 the finest), `encoder.L.norm.I.*`, `decoder.S.up.*`
 * and `decoder.S.conv.I.*` (step S = 0 the deepest), `head.kernel`, `head.bias`, with `deepSupervision` `decoder.S.head.*`. Features to tap: `encoder.L`,
 * `encoder.L.conv.I` (after the ReLU), `decoder.S.up`, `decoder.S`, `decoder.S.conv.I`, `logits`.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 * @throws {SegscapeError} `BAD_OPTION`.
 */
export const unet = defineModel('unet', unetSchema, (options, name) =>
  unetOf(name, 2, resolved(name, options)),
);

export const unet3dSchema = familySchema({ depth: 4, baseChannels: 32, norm: 'batch' });

/**
 * `unet` over volumes `[batch, depth, height, width, channels]`, after Çiçek et al., 2016
 * (https://arxiv.org/abs/1606.06650); unlike there, both convolutions of a block have the same width.
 * Default `depth` 4, `baseChannels` 32, `norm` 'batch'.
 *
 * @param options their defaults stand with their types.
 * @returns the network: `init` gives its parameters, `forward` trains, `apply` infers.
 */
export const unet3d = defineModel('unet3d', unet3dSchema, (options, name) =>
  unetOf(name, 3, resolved(name, options)),
);
