import { concat, type Tensor } from '@tensorflow/tfjs-core';
import { type BlockMaker, plainBlock } from './block.js';
import { centreCrop } from './centre-crop.js';
import { convolution, pooling, upsampling } from './convolution.js';
import { defineModel } from './define-model.js';
import { dropout } from './dropout.js';
import type { Gate } from './gate.js';
import type { Pass } from './layer.js';
import type { NetworkBody, Stage } from './network.js';
import { familySchema, type ResolvedOptions, resolved } from './options.js';
import { unetSizes } from './sizes.js';
import { lengths, stage } from './stages.js';

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
  const { inputChannels, classes, baseChannels, depth, padding, up, join } = options;
  const width = (level: number) => baseChannels * 2 ** level;
  const encoder = Array.from({ length: depth }, (_, level) => {
    const from = level === 0 ? inputChannels : width(level - 1);
    const scope = `encoder.${level}`;
    const rate = level > 0 && level >= depth - 2 ? options.dropout : 0;
    return { block: block(scope, spatial, from, width(level), options), drop: dropout(scope, rate) };
  });
  const decoder = Array.from({ length: depth - 1 }, (_, step) => {
    const to = width(depth - 2 - step);
    const scope = `decoder.${step}`;
    return {
      up: upsampling(`${scope}.up`, { spatial, from: 2 * to, to, up }),
      gate: gate?.(`${scope}.gate`, spatial, to),
      block: block(scope, spatial, 2 * to, to, options),
    };
  });
  // Logits of the coarser levels, for deep supervision: of every step but the last.
  const heads = !options.deepSupervision
    ? []
    : decoder.slice(0, -1).map((_, step) => {
        const from = width(depth - 2 - step);
        return convolution(`decoder.${step}.head`, { spatial, size: 1, from, to: classes, padding: 'same' });
      });
  const head = convolution('head', { spatial, size: 1, from: baseChannels, to: classes, padding: 'same' });

  function* features(images: Tensor, pass: Pass): Generator<readonly [string, Tensor], void> {
    const skips: Tensor[] = [];
    let x = images;
    for (const [level, { block: units, drop }] of encoder.entries()) {
      if (level > 0) x = pooling.apply(x, pass);
      x = drop.apply(yield* units.through(x, pass), pass);
      skips.push(x);
    }
    for (const [step, { up: rise, gate: weigh, block: units }] of decoder.entries()) {
      const risen = rise.apply(x, pass);
      yield [`decoder.${step}.up`, risen];
      const skip = centreCrop(skips[depth - 2 - step]!, risen.shape.slice(1, -1));
      const weighed = weigh === undefined ? skip : weigh.apply(skip, risen, pass);
      const both = join === 'skip-first' ? [weighed, risen] : [risen, weighed];
      x = yield* units.through(concat(both, risen.rank - 1), pass);
      const coarse = heads[step];
      if (coarse !== undefined && pass.training) yield [`decoder.${step}.logits`, coarse.apply(x, pass)];
    }
    yield ['logits', head.apply(x, pass)];
  }

  const size = lengths(padding, depth);
  const last = depth > 1 ? size.decoder(depth - 2) : size.encoder(0);
  const stages: Stage[] = [
    ...encoder.map(({ block: b }, level) =>
      stage(b.scope, 'block', width(level), b.layers, size.encoder(level)),
    ),
    ...decoder.flatMap(({ up: rise, gate: weigh, block: b }, step) => {
      const channels = width(depth - 2 - step);
      return [
        stage(`${b.scope}.up`, `up (${up})`, channels, [rise], size.upsampled(step)),
        ...(weigh === undefined
          ? []
          : [stage(`${b.scope}.gate`, 'attention gate', channels, weigh.layers, size.upsampled(step))]),
        stage(b.scope, 'block', channels, b.layers, size.decoder(step)),
      ];
    }),
    ...heads.map((coarse, step) =>
      stage(`decoder.${step}.head`, 'convolution 1×1', classes, [coarse], size.decoder(step)),
    ),
    stage('head', 'convolution 1×1', classes, [head], last),
  ];
  const blockTaps = (scope: string) => [`${scope}.conv.0`, `${scope}.conv.1`, scope];
  const taps = [
    ...encoder.flatMap(({ block: b }) => blockTaps(b.scope)),
    ...decoder.flatMap(({ block: b }) => [`${b.scope}.up`, ...blockTaps(b.scope)]),
    'logits',
  ];
  const { initializer } = options;
  const sizes = unetSizes({ name, depth, padding });
  const auxiliary = heads.map((_, step) => `decoder.${step}.logits`).reverse();
  return { spatial, inputChannels, initializer, stages, features, taps, auxiliary, sizes };
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
 */
export const unet3d = defineModel('unet3d', unet3dSchema, (options, name) =>
  unetOf(name, 3, resolved(name, options)),
);
