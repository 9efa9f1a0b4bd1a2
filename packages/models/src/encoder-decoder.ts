import { assertOption } from '@segscape/core';
import { concat, type Tensor } from '@tensorflow/tfjs-core';
import { type Block, plainBlock } from './block.js';
import { centreCrop } from './centre-crop.js';
import { convolution, upsampling } from './convolution.js';
import type { Encoder } from './encoder.js';
import type { Gate } from './gate.js';
import type { Pass } from './layer.js';
import type { NetworkBody, Stage } from './network.js';
import type { Initializer, Join, Upsampling } from './options.js';
import { alignedSizes, type Sizes } from './sizes.js';
import { stage } from './stages.js';

/** Channels of one expanding step. */
export interface DecoderWidths {
  /** Of the upsampled maps. */
  readonly up: number;
  /** Of what its block gives. */
  readonly channels: number;
}

export interface EncoderDecoderOptions {
  readonly spatial: 2 | 3;
  readonly inputChannels: number;
  readonly classes: number;
  /** The contracting path, the finest level first. */
  readonly encoder: Encoder;
  /**
   * The convolutions of an expanding step, after the skipped and the upsampled maps are joined; `level` is the encoder's whose maps
   * it joins. Default two 3×3 with batch normalisation and ReLU.
   */
  readonly block?: (scope: string, from: number, to: number, level: number) => Block;
  /** Channels of the expanding steps, the deepest first. Default those of the skipped maps. */
  readonly widths?: readonly DecoderWidths[];
  /** How maps grow by the stride of the level below. Default `'transpose'`. */
  readonly up?: Upsampling;
  /** Order of the joined channels. Default `'upsampled-first'`. */
  readonly join?: Join;
  /** Weighs the skipped maps by the upsampled ones before they are joined. Default none. */
  readonly gate?: (scope: string, channels: number) => Gate;
  /** Whether coarser steps have logits of their own while training. Default false. */
  readonly deepSupervision?: boolean;
  readonly initializer?: Initializer;
  /** Pixels that the block of a step cuts off an axis. Default 0. */
  readonly cut?: number;
  /** Which sizes fit. Default multiples of the product of the strides, along each axis. */
  readonly sizes?: Sizes;
}

/**
 * A U-Net with an encoder of one's own: from the deepest of the encoder's maps, each step grows by the stride of the level it leaves,
 * joins the level's skipped maps, and convolves; a 1×1 convolution gives the logits. All U-Nets of this package but
 * `nestedUnet` are made by it.
 *
 *     const mine = defineModel('mine', schema, ({ classes = 2 }, name) =>
 *       encoderDecoder(name, { spatial: 2, inputChannels: 3, classes, encoder: [first, second, third] }));
 *
 * Parameters: those of the encoder's levels, `decoder.S.up.*` and `decoder.S.*` (step S = 0 the deepest), `head.*`, and with
 * `deepSupervision` `decoder.S.head.*`. Features to tap: those of the levels, `decoder.S.up`, `decoder.S`, `logits`.
 *
 * @param name with which errors begin.
 * @param options their defaults stand with their types.
 * @returns what `defineModel` needs.
 * @throws {SegscapeError} `BAD_OPTION` for an encoder without levels, with a first level that shrinks the images, or with strides
 * that are not one for each axis; for widths of another number of steps.
 * @see Ronneberger et al., 2015, https://arxiv.org/abs/1505.04597
 */
export function encoderDecoder(name: string, options: EncoderDecoderOptions): NetworkBody {
  const { spatial, inputChannels, classes, encoder, gate, up = 'transpose', cut = 0 } = options;
  const { block = standardBlock(spatial), join = 'upsampled-first', deepSupervision = false } = options;
  assertEncoder(name, encoder, spatial);
  const { widths } = options;
  const paired = widths === undefined || widths.length === encoder.length - 1;
  assertOption(
    paired,
    name,
    'widths',
    widths,
    `have one entry for each of the ${encoder.length - 1} expanding steps`,
  );
  const bottom = encoder.at(-1)!;
  const steps = encoder.slice(0, -1).map((_, step) => {
    const level = encoder.length - 2 - step;
    const { channels: skipped } = encoder[level]!;
    const { up: risen, channels } = widths?.[step] ?? { up: skipped, channels: skipped };
    return { scope: `decoder.${step}`, level, skipped, risen, channels, stride: encoder[level + 1]!.stride };
  });
  const decoder = steps.map(({ scope, level, skipped, risen, channels, stride }, step) => {
    const from = step === 0 ? bottom.channels : steps[step - 1]!.channels;
    return {
      step: steps[step]!,
      up: upsampling(`${scope}.up`, { spatial, from, to: risen, up, stride }),
      gate: gate?.(`${scope}.gate`, skipped),
      block: block(scope, skipped + risen, channels, level),
    };
  });
  const logitsOf = (scope: string, from: number) =>
    convolution(scope, { spatial, size: 1, from, to: classes, padding: 'same' });
  // Logits of the coarser levels, for deep supervision: of every step but the last.
  const heads = (deepSupervision ? steps.slice(0, -1) : []).map(({ scope, channels }) =>
    logitsOf(`${scope}.head`, channels),
  );
  const head = logitsOf('head', (steps.at(-1) ?? bottom).channels);

  function* features(images: Tensor, pass: Pass): Generator<readonly [string, Tensor], void> {
    const skips: Tensor[] = [];
    let x = images;
    for (const level of encoder) {
      x = yield* level.through(x, pass);
      skips.push(x);
    }
    for (const [index, { step, up: rise, gate: weigh, block: units }] of decoder.entries()) {
      const risen = rise.apply(x, pass);
      yield [`${step.scope}.up`, risen];
      const skip = centreCrop(skips[step.level]!, risen.shape.slice(1, -1));
      const weighed = weigh === undefined ? skip : weigh.apply(skip, risen, pass);
      const both = join === 'skip-first' ? [weighed, risen] : [risen, weighed];
      x = yield* units.through(concat(both, risen.rank - 1), pass);
      const coarse = heads[index];
      if (coarse !== undefined && pass.training) yield [`${step.scope}.logits`, coarse.apply(x, pass)];
    }
    yield ['logits', head.apply(x, pass)];
  }

  const { encoded, upsampled, decoded } = lengthsOf(encoder, cut);
  const last = decoder.length > 0 ? decoded(decoder.length - 1) : encoded(0);
  const stages: Stage[] = [
    ...encoder.map((level, at) => stage(level.scope, 'block', level.channels, level.layers, encoded(at))),
    ...decoder.flatMap(({ step, up: rise, gate: weigh, block: own }, at) => [
      stage(`${step.scope}.up`, `up (${up})`, step.risen, [rise], upsampled(at)),
      ...(weigh === undefined
        ? []
        : [stage(`${step.scope}.gate`, 'attention gate', step.skipped, weigh.layers, upsampled(at))]),
      stage(step.scope, 'block', step.channels, own.layers, decoded(at)),
    ]),
    ...heads.map((coarse, at) =>
      stage(`decoder.${at}.head`, 'convolution 1×1', classes, [coarse], decoded(at)),
    ),
    stage('head', 'convolution 1×1', classes, [head], last),
  ];
  const taps = [
    ...encoder.flatMap((level) => level.taps),
    ...decoder.flatMap(({ step, block: own }) => [`${step.scope}.up`, ...own.taps]),
    'logits',
  ];
  const { initializer, sizes = alignedSizes(name, multiplesOf(encoder, spatial)) } = options;
  const auxiliary = heads.map((_, at) => `decoder.${at}.logits`).reverse();
  return {
    spatial,
    inputChannels,
    ...(initializer && { initializer }),
    stages,
    features,
    taps,
    auxiliary,
    sizes,
  };
}

const standardBlock = (spatial: 2 | 3) => (scope: string, from: number, to: number) =>
  plainBlock(scope, spatial, from, to, { padding: 'same', norm: 'batch', momentum: 0.1 });

function assertEncoder(name: string, encoder: Encoder, spatial: 2 | 3): void {
  assertOption(
    Array.isArray(encoder as unknown) && encoder.length > 0,
    name,
    'encoder',
    encoder,
    'have at least one level',
  );
  for (const [level, { stride }] of encoder.entries()) {
    const whole = stride.length === spatial && stride.every((n) => Number.isInteger(n) && n > 0);
    const what = `be ${spatial} positive integers`;
    assertOption(whole, name, `encoder[${level}].stride`, stride, what);
  }
  const keeps = encoder[0]!.stride.every((n) => n === 1);
  assertOption(keeps, name, 'encoder[0].stride', encoder[0]!.stride, 'be all 1: the logits have its size');
}

/** How many times smaller the deepest maps are, along each axis. */
const multiplesOf = (encoder: Encoder, spatial: 2 | 3): number[] =>
  Array.from({ length: spatial }, (_, axis) =>
    encoder.reduce((product, { stride }) => product * stride[axis]!, 1),
  );

/** Lengths along an axis of what each level and step gives, from the length of the images. */
function lengthsOf(encoder: Encoder, cut: number) {
  const encoded = (level: number) => (input: number, axis: number) =>
    encoder
      .slice(0, level + 1)
      .reduce((n, { length, stride }) => length?.(n, axis) ?? Math.floor(n / stride[axis]!), input);
  const upsampled = (step: number) => (input: number, axis: number) => {
    let n = encoded(encoder.length - 1)(input, axis);
    for (let at = 0; at <= step; at++) {
      if (at > 0) n -= cut;
      n *= encoder[encoder.length - 1 - at]!.stride[axis]!;
    }
    return n;
  };
  const decoded = (step: number) => (input: number, axis: number) => upsampled(step)(input, axis) - cut;
  return { encoded, upsampled, decoded };
}
