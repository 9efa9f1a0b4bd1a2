import {
  compose,
  type Drawn,
  describeDraw,
  type Margins,
  padRaster,
  sometimes,
  type Transform,
} from '@segscape/augment';
import { type Rng, type Sample, SegscapeError } from '@segscape/core';
import type { Model } from '@segscape/models';
import { axesOf } from './axes.js';
import type { StudyConfig } from './config/schema.js';
import { type CropPlace, cropPlace } from './crop-place.js';
import { entry, type StudyRegistry } from './kinds/registry.js';
import { croppedOnce, resampledOnce } from './resampled-once.js';

/** Label of pixels that only pad an image; losses and metrics leave it out. */
export const paddingLabel = 255;

/** Height and width, of volumes with the depth before them. */
type Size = readonly number[];

/** How samples of any size become what the network takes. */
export interface PaddingAndCrop {
  /** Augmentation, then a random crop. */
  readonly train: Transform;
  /** What `train` draws for a sample, in order; `rng` is left where it was. */
  readonly drawn: (sample: Sample, rng: Rng) => readonly Drawn[];
  /** The whole image, padded where the network needs it. */
  readonly evaluate: Transform;
  /** Whether any mask carries the padding label. */
  readonly pads: boolean;
}

/** Margins before and after each axis that bring one size to another. */
const margins = (from: Size, to: Size): number[] =>
  from.flatMap((n, axis) => {
    const total = to[axis]! - n;
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  });

/**
 * Grows a sample about its centre until a network can give `output`: the image is mirrored outwards to the input that the network
 * needs for it, the mask grows to the output only, with the padding label.
 */
export function framed(sample: Sample, output: Size, input: Size): Sample {
  const inner = margins(axesOf(sample.mask), output);
  const outer = margins(output, input);
  const all = inner.map((margin, i) => margin + outer[i]!);
  return {
    ...sample,
    image: padRaster(sample.image, all as readonly number[] as Margins, { mode: 'reflect' }),
    mask: padRaster(sample.mask, inner as readonly number[] as Margins, {
      mode: 'constant',
      cval: paddingLabel,
    }),
  };
}

/** The smallest output that covers `size`, and the input for it. */
export function covering(
  model: Pick<Model, 'inputSizeFor' | 'outputSize'>,
  size: Size,
): { output: Size; input: Size } {
  const input = model.inputSizeFor(size as Parameters<Model['inputSizeFor']>[0]);
  return { input, output: model.outputSize(input) };
}

/** Times that a size is grown for one network after the other, before it is given up that they meet. */
const rounds = 64;

/**
 * The smallest output that covers `size` and that every network can give, so that their scores and pictures are of the same pixels.
 * @throws {SegscapeError} `BAD_CONFIG` where there is none: with valid convolutions beside padded ones, for instance.
 */
function commonOutput(models: readonly Model[], size: Size): Size {
  let output = size;
  for (let round = 0; round < rounds; round++) {
    const grown = models.reduce((before, model) => covering(model, before).output, output);
    if (grown.join() === output.join()) return output;
    output = grown;
  }
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: models: there is no size that all of them give for images of ${size.join(' × ')}. Compare networks of one padding, 'same' or 'valid'.`,
    { details: { option: 'models', size } },
  );
}

/** Named transforms, each with its probability. */
const transformsOf = (config: StudyConfig, registry: StudyRegistry): Transform[] =>
  config.augment.map(({ kind, probability, ...options }) => {
    const transform = entry(registry.transforms, 'transform', kind)(options);
    return probability === undefined ? transform : sometimes(probability, transform);
  });

/** Named transforms one after the other; those that only move pixels, together. */
export function augmentation(config: StudyConfig, registry: StudyRegistry): Transform {
  const transforms = transformsOf(config, registry);
  return config.resampling === 'each' ? compose(...transforms) : resampledOnce(transforms);
}

/** The same, then a crop; a run that says so moves pixels there only where the crop takes them. */
function augmentedCrop(config: StudyConfig, registry: StudyRegistry, place: CropPlace): Transform {
  if (config.resampling === 'once') return croppedOnce(transformsOf(config, registry), place);
  return compose(augmentation(config, registry), (sample, rng) =>
    place(sample.mask, () => sample.mask, rng)(sample, rng),
  );
}

/**
 * What augmentation and crop draw for a sample, in order. Both ways of resampling draw by the streams of
 * `compose(compose(...transforms), crop)`; a crop may go by where the mask's foreground is moved to.
 */
function drawnBy(config: StudyConfig, registry: StudyRegistry, place?: CropPlace) {
  const listed = compose(...transformsOf(config, registry));
  const whole = augmentation(config, registry);
  return (sample: Sample, rng: Rng): readonly Drawn[] => {
    const own = rng.fork(0);
    const { drawn } = describeDraw(listed, sample, own);
    if (place === undefined) return drawn;
    const moved = whole(sample, own);
    const drawing = rng.fork(1);
    const crop = place(moved.mask, () => moved.mask, drawing);
    return [...drawn, ...describeDraw(crop, moved, drawing).drawn];
  };
}

/** A crop has the axes of the samples. */
function assertAxes(crop: Size | undefined, size: Size): void {
  if (crop === undefined || crop.length === size.length) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    `config: data.crop (=[${crop.join(', ')}]) must be ${size.length === 3 ? `[depth, height, width], since the data are volumes (${size.join(' × ')})` : `[height, width], since the data are images (${size.join(' × ')})`}.`,
    { details: { option: 'crop', value: crop } },
  );
}

/** Crops that could not choose where they lie would be centred on nothing. */
function assertRoom({ data }: StudyConfig, crop: Size | undefined, sizes: readonly Size[]): void {
  if (data.foreground === undefined) return;
  if (crop !== undefined && sizes.some((size) => size.some((n, axis) => n > crop[axis]!))) return;
  throw new SegscapeError(
    'BAD_CONFIG',
    'config: data.foreground centres crops on the foreground, and here training takes whole images. Give data.crop, smaller than the images, or leave data.foreground out.',
    { details: { option: 'foreground', value: data.foreground } },
  );
}

/**
 * @param sizes height and width of every sample, after scaling; of volumes with the depth before them.
 * @param classes their number; labels beyond are void. Default any.
 * @param beside the networks that are compared, this one among them. Default it alone.
 */
export function paddingAndCrop(
  config: StudyConfig,
  registry: StudyRegistry,
  model: Model,
  sizes: readonly Size[],
  classes = paddingLabel,
  beside: readonly Model[] = [model],
): PaddingAndCrop {
  const [first = []] = sizes;
  const alike = sizes.every((size) => size.every((n, axis) => n === first[axis]));
  const smallest = first.map((_, axis) => Math.min(...sizes.map((size) => size[axis]!)));
  const crop = config.data.crop === 'auto' ? (alike ? undefined : smallest) : config.data.crop;
  assertAxes(crop, first);
  assertRoom(config, crop, sizes);
  const { foreground: share } = config.data;
  const place = crop && cropPlace({ size: crop, share, classes });
  const augment =
    place === undefined ? compose(augmentation(config, registry)) : augmentedCrop(config, registry, place);

  const fit = (sample: Sample): Sample => {
    const output = commonOutput(beside, axesOf(sample.mask));
    return framed(sample, output, covering(model, output).input);
  };
  // Images smaller than the crop are padded to it, so that a batch is of one size.
  const filled = (sample: Sample) => (crop === undefined ? sample : framed(sample, crop, crop));
  const fits = (size: Size) => commonOutput(beside, size).every((n, axis) => n === size[axis]);
  const pads =
    !sizes.every(fits) ||
    (crop !== undefined && (!fits(crop) || sizes.some((size) => size.some((n, axis) => n < crop[axis]!))));
  return {
    train: (sample, rng) => fit(filled(augment(sample, rng))),
    drawn: drawnBy(config, registry, place),
    evaluate: fit,
    pads,
  };
}
