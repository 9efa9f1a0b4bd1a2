import { compose, padRaster, randomCrop, sometimes, type Transform } from '@segscape/augment';
import { type Sample, SegscapeError } from '@segscape/core';
import type { Model } from '@segscape/models';
import type { StudyConfig } from './config/schema.js';
import { foregroundCrop } from './foreground-crop.js';
import { entry, type StudyRegistry } from './kinds/registry.js';

/** Label of pixels that only pad an image; losses and metrics leave it out. */
export const paddingLabel = 255;

type Size = readonly [number, number];

/** How samples of any size become what the network takes. */
export interface PaddingAndCrop {
  /** Augmentation, then a random crop. */
  readonly train: Transform;
  /** The whole image, padded where the network needs it. */
  readonly evaluate: Transform;
  /** Whether any mask carries the padding label. */
  readonly pads: boolean;
}

const split = (total: number): [number, number] => [Math.floor(total / 2), Math.ceil(total / 2)];

/**
 * Grows a sample about its centre until a network can give `output`: the image is mirrored outwards to the input that the network
 * needs for it, the mask grows to the output only, with the padding label.
 */
function framed(sample: Sample, output: Size, input: Size): Sample {
  const { height, width } = sample.mask;
  const [top, bottom] = split(output[0] - height);
  const [left, right] = split(output[1] - width);
  const [above, below] = split(input[0] - output[0]);
  const [before, after] = split(input[1] - output[1]);
  return {
    ...sample,
    image: padRaster(sample.image, [top + above, bottom + below, left + before, right + after], {
      mode: 'reflect',
    }),
    mask: padRaster(sample.mask, [top, bottom, left, right], { mode: 'constant', cval: paddingLabel }),
  };
}

/** The smallest output that covers `size`, and the input for it. */
function covering(model: Model, size: Size): { output: Size; input: Size } {
  const input = model.inputSizeFor(size) as Size;
  return { input, output: model.outputSize(input) as Size };
}

/** Named transforms, each with its probability, one after the other. */
export function augmentation(config: StudyConfig, registry: StudyRegistry): Transform {
  return compose(
    ...config.augment.map(({ kind, probability, ...options }) => {
      const transform = entry(registry.transforms, 'transform', kind)(options);
      return probability === undefined ? transform : sometimes(probability, transform);
    }),
  );
}

/** Crops that could not choose where they lie would be centred on nothing. */
function assertRoom({ data }: StudyConfig, crop: Size | undefined, sizes: readonly Size[]): void {
  if (data.foreground === undefined) return;
  if (crop !== undefined && sizes.some(([h, w]) => h > crop[0] || w > crop[1])) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    'config: data.foreground centres crops on the foreground, and here training takes whole images. Give data.crop, smaller than the images, or leave data.foreground out.',
    { details: { option: 'foreground', value: data.foreground } },
  );
}

/**
 * @param sizes height and width of every sample, after scaling.
 * @param classes their number; labels beyond are void. Default any.
 */
export function paddingAndCrop(
  config: StudyConfig,
  registry: StudyRegistry,
  model: Model,
  sizes: readonly Size[],
  classes = paddingLabel,
): PaddingAndCrop {
  const alike = sizes.every(([h, w]) => h === sizes[0]![0] && w === sizes[0]![1]);
  const smallest: Size = [Math.min(...sizes.map(([h]) => h)), Math.min(...sizes.map(([, w]) => w))];
  const crop: Size | undefined =
    config.data.crop === 'auto' ? (alike ? undefined : smallest) : config.data.crop;
  const augment = augmentation(config, registry);
  assertRoom(config, crop, sizes);
  const { foreground: share } = config.data;

  const fit = (sample: Sample): Sample => {
    const { output, input } = covering(model, [sample.mask.height, sample.mask.width]);
    return framed(sample, output, input);
  };
  const cropped: Transform = (sample, rng) => {
    if (crop === undefined) return sample;
    const { height, width } = sample.mask;
    const size: Size = [Math.min(crop[0], height), Math.min(crop[1], width)];
    const take = share === undefined ? randomCrop({ size }) : foregroundCrop({ size, share, classes });
    const taken = take(sample, rng);
    // Images smaller than the crop are padded to it, so that a batch is of one size.
    return framed(taken, crop, crop);
  };
  const fits = ([h, w]: Size) => {
    const { output } = covering(model, [h, w]);
    return output[0] === h && output[1] === w;
  };
  const pads =
    !sizes.every(fits) ||
    (crop !== undefined && (!fits(crop) || sizes.some(([h, w]) => h < crop[0] || w < crop[1])));
  return {
    train: (sample, rng) => fit(compose(augment, cropped)(sample, rng)),
    evaluate: fit,
    pads,
  };
}
