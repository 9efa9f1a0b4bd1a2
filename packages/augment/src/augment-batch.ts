import { assertKnown, assertOption, optionNames, SegscapeError } from '@segscape/core';
import {
  add,
  cast,
  clipByValue,
  clone,
  expandDims,
  floor,
  gather,
  mean,
  mul,
  reshape,
  round,
  sub,
  type Tensor,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import {
  type BatchPlaces,
  displaced,
  folded,
  indicesOf,
  ownPlaces,
  unflipped,
  unturned,
} from './batch-places.js';

/** A number for each sample: a tensor `[batch]`, or as many numbers. */
export type PerSample = Tensor | readonly number[];

/** What is done to each sample of a batch; what is left out is not done. Nothing is drawn here: chance comes in. */
export interface BatchDraws {
  /** 1 exchanges left and right, 0 does not. */
  readonly flipHorizontal?: PerSample;
  /** 1 exchanges top and bottom, 0 does not. */
  readonly flipVertical?: PerSample;
  /** Quarter turns counter-clockwise, 0 to 3, of square images. */
  readonly turns?: PerSample;
  /**
   * Displacements (dy, dx), float32 `[batch, height, width, 2]`, in pixels, of elastic or affine kind: `output(y, x) =
   * input(y + dy, x + dx)`. Images linear between pixels, labels by the nearest one, `'reflect'` at the border.
   */
  readonly field?: Tensor;
  /** Factor about each image's mean. */
  readonly contrast?: PerSample;
  /** Is added, in the units of the images. */
  readonly brightness?: PerSample;
  /** Is added, float32 of the images' shape. */
  readonly noise?: Tensor;
}

/** An alias, not an interface, so that `dispose` and `jit` take it whole. */
export type AugmentedBatch = {
  /** Float32 `[batch, height, width, channels]`. */
  readonly images: Tensor;
  /** Int32 class indices `[batch, height, width]`. */
  readonly labels?: Tensor;
};

const name = 'augmentBatch';

const known = optionNames<BatchDraws>({
  flipHorizontal: true,
  flipVertical: true,
  turns: true,
  field: true,
  contrast: true,
  brightness: true,
  noise: true,
});

function refuse(what: string, given: readonly number[], expected: string): never {
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${name}: expected ${what} [${expected}], got [${given.join(', ')}].`,
    { details: { given } },
  );
}

function assertShapes({ images, labels }: AugmentedBatch, { field, noise, turns }: BatchDraws): void {
  if (images.rank !== 4) refuse('images', images.shape, 'batch, height, width, channels');
  const [batch, height, width] = images.shape as [number, number, number, number];
  const plane = [batch, height, width];
  const fits = (given: readonly number[], shape: readonly number[]) => given.join() === shape.join();
  if (labels && !fits(labels.shape, plane)) refuse('labels', labels.shape, plane.join(', '));
  if (field && !fits(field.shape, [...plane, 2])) refuse('field', field.shape, [...plane, 2].join(', '));
  if (noise && !fits(noise.shape, images.shape)) refuse('noise', noise.shape, images.shape.join(', '));
  assertOption(
    turns === undefined || height === width,
    name,
    'turns',
    [height, width],
    'go with square images',
  );
}

/** `[batch, 1, …]`, to be broadcast. */
function column(what: string, values: PerSample, batch: number, rank: number): Tensor {
  const given = Array.isArray(values) ? tensor1d([...values]) : (values as Tensor);
  if (given.size !== batch) refuse(what, given.shape, String(batch));
  return cast(reshape(given, [batch, ...Array<number>(rank - 1).fill(1)]), 'float32');
}

/** Follows the pixels of the result back: through the field, the turns, the flips. */
function placesOf({ images }: AugmentedBatch, draws: BatchDraws): BatchPlaces {
  const { flipHorizontal, flipVertical, turns, field } = draws;
  const [batch, height, width] = images.shape as [number, number, number, number];
  let places = ownPlaces(height, width);
  if (field) places = folded(displaced(places, field), height, width);
  if (turns) places = unturned(places, column('turns', turns, batch, 3), height);
  let { y, x } = places;
  if (flipVertical) y = unflipped(y, column('flipVertical', flipVertical, batch, 3), height);
  if (flipHorizontal) x = unflipped(x, column('flipHorizontal', flipHorizontal, batch, 3), width);
  return { y, x };
}

/** Pixels of planes `[batch, height, width, channels]` at whole places. */
function picked(images: Tensor, y: Tensor, x: Tensor): Tensor {
  const [batch, height, width, channels] = images.shape as [number, number, number, number];
  const flat = reshape(images, [batch, height * width, channels]);
  return reshape(gather(flat, indicesOf(y, x, width), 1, 1), images.shape);
}

/** Linear between the four pixels about each place. */
function between(images: Tensor, { y, x }: BatchPlaces): Tensor {
  const [, height, width] = images.shape as [number, number, number, number];
  const [top, left] = [floor(y), floor(x)];
  const [below, beside] = [clipByValue(add(top, 1), 0, height - 1), clipByValue(add(left, 1), 0, width - 1)];
  const [v, u] = [expandDims(sub(y, top), 3), expandDims(sub(x, left), 3)];
  const along = (row: Tensor) => {
    const first = picked(images, row, left);
    return add(first, mul(u, sub(picked(images, row, beside), first)));
  };
  const above = along(top);
  return add(above, mul(v, sub(along(below), above)));
}

/** Contrast about the mean, then brightness, then noise. */
function coloured(images: Tensor, { contrast, brightness, noise }: BatchDraws): Tensor {
  const batch = images.shape[0]!;
  let result = images;
  if (contrast) {
    const middle = mean(result, [1, 2, 3], true);
    result = add(middle, mul(column('contrast', contrast, batch, 4), sub(result, middle)));
  }
  if (brightness) result = add(result, column('brightness', brightness, batch, 4));
  return noise ? add(result, noise) : result;
}

/**
 * Flips, then turns, then displaces the images of a batch with their labels, in one resampling; then changes contrast,
 * brightness and adds noise. Operations of tensors alone, so it runs on every backend and inside `jit`; whatever is random is
 * given. Where no field is, pixels move whole, bit for bit.
 *
 * @param batch float32 images `[batch, height, width, channels]`, and int32 labels `[batch, height, width]` if there are some.
 * @param draws what is done to each sample.
 * @returns new tensors, the caller's.
 * @throws {SegscapeError} `SHAPE_MISMATCH`; `BAD_OPTION` for turns of images that are not square.
 */
export function augmentBatch(batch: AugmentedBatch, draws: BatchDraws): AugmentedBatch {
  assertKnown(name, draws, known);
  assertShapes(batch, draws);
  const { flipHorizontal, flipVertical, turns, field } = draws;
  const moves = Boolean(flipHorizontal ?? flipVertical ?? turns ?? field);
  return tidy(() => {
    const { images, labels } = batch;
    const count = images.shape[0]!;
    if (!moves) return { images: clone(coloured(images, draws)), ...(labels && { labels: clone(labels) }) };
    const own = placesOf(batch, draws);
    // Every sample has places of its own, also where all move alike.
    const spread = mul(reshape(tensor1d(Array<number>(count).fill(1)), [count, 1, 1]), 1);
    const places = { y: mul(own.y, spread), x: mul(own.x, spread) };
    const moved = field ? between(images, places) : picked(images, places.y, places.x);
    const result = clone(coloured(moved, draws));
    if (!labels) return { images: result };
    // Halves go up, as in `warp`; whole places stay as they are.
    const nearest = (values: Tensor) => (field ? floor(add(values, 0.5)) : round(values));
    const plane = picked(expandDims(labels, 3), nearest(places.y), nearest(places.x));
    return { images: result, labels: reshape(plane, labels.shape) };
  });
}
