import { assertOption, SegscapeError } from '@segscape/core';
import { assertOptions, list, options as optionsOf } from '@segscape/core/schema';
import { assertAligned, assertVolume, type Extent, extentOf, shapeOf } from './extent.js';
import { type Move, onBoth } from './move.js';
import { type Axes, cropRaster, type Margins, marginsMust } from './padded.js';
import * as shared from './shared-options.js';
import { moving, type SpatialTransform } from './transform.js';

function assertRoom(where: string, size: readonly number[], room: readonly number[], id: string): void {
  if (size.every((n, axis) => n <= room[axis]!)) return;
  const axes = size.length === 3 ? 'depth×height×width' : 'height×width';
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: a crop of ${size.join('×')} does not fit into sample '${id}', where ${room.join('×')} can be used (${axes}). Pad or enlarge first, or crop less.`,
    { details: { size, room, id } },
  );
}

/** Takes places of a part to those of the whole that it begins at `start` of. */
export const shiftBy =
  (start: readonly number[]): Move['trace'] =>
  ({ z, y, x }) => {
    const [front, top, left] = [0, ...start].slice(-3) as [number, number, number];
    for (let p = 0; p < y.length; p++) {
      if (z) z[p]! += front;
      y[p]! += top;
      x[p]! += left;
    }
  };

function cropMove(where: string, extent: Extent, start: Axes, size: Axes): Move {
  const crop = onBoth((raster) => cropRaster(raster, start, size));
  return {
    drawn: { start },
    from: extent,
    to: extentOf([...shapeOf(extent).slice(0, -size.length), ...size]),
    apply: (sample) => {
      assertAligned(where, sample);
      return crop(sample);
    },
    trace: shiftBy(start),
  };
}

/** The sizes of a picture's or volume's axes that a crop's size speaks of. */
function sizesFor(where: string, size: Axes, extent: Extent): readonly number[] {
  if (size.length === 3) assertVolume(where, 'a size of 3 numbers', extent);
  return shapeOf(extent).slice(-size.length);
}

export interface RandomCropOptions {
  /** `[height, width]`, pixels, of every slice alike; of a volume also `[depth, height, width]`. */
  readonly size: Axes;
  /**
   * Rows and columns never used: `[top, bottom, left, right]`, with three sizes also
   * `[front, back, top, bottom, left, right]`. Default none.
   */
  readonly inset?: Margins;
}

export const randomCropSchema = optionsOf<RandomCropOptions>(
  {
    size: shared.size,
    inset: list(
      'Rows and columns never used, [top, bottom, left, right] or with [front, back, …] before, pixels.',
      { type: 'integer', minimum: 0 },
      { minItems: 4, maxItems: 6 },
    ),
  },
  ['size'],
);
export const centerCropSchema = optionsOf<Pick<RandomCropOptions, 'size'>>({ size: shared.size }, ['size']);

/**
 * A rectangle from anywhere in the picture, every place equally likely; of a volume the same of every slice, or, with
 * three sizes, a box.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function randomCrop(options: RandomCropOptions): SpatialTransform {
  const where = 'randomCrop';
  assertOptions(where, options, randomCropSchema);
  const { size, inset = [0, 0, 0, 0] } = options;
  const fits = inset.length === 4 || (inset.length === 6 && size.length === 3);
  assertOption(
    fits,
    where,
    'inset',
    inset,
    size.length === 2 ? 'be [top, bottom, left, right] for a size of 2 numbers' : marginsMust,
  );
  const margins = [0, 0, ...inset].slice(-2 * size.length);
  return moving(where, (extent, rng, id) => {
    const room = sizesFor(where, size, extent).map(
      (n, axis) => n - margins[2 * axis]! - margins[2 * axis + 1]!,
    );
    assertRoom(where, size, room, id);
    // Rows, columns and then slices: pictures keep the numbers that they drew before there were volumes.
    const place = (axis: number) => margins[2 * axis]! + rng.integer(0, room[axis]! - size[axis]! + 1);
    const [y, x] = [place(size.length - 2), place(size.length - 1)];
    return cropMove(where, extent, size.length === 3 ? [place(0), y, x] : [y, x], size);
  });
}

/**
 * The middle; where the rest is odd, one pixel more is cut off at the end. Volumes as by `randomCrop`.
 * @param options their defaults stand with their types.
 * @returns a transform of a sample and a stream of random numbers.
 * @throws {SegscapeError} `BAD_OPTION`; when it runs, `SHAPE_MISMATCH`.
 */
export function centerCrop(options: Pick<RandomCropOptions, 'size'>): SpatialTransform {
  const where = 'centerCrop';
  assertOptions(where, options, centerCropSchema);
  const { size } = options;
  return moving(where, (extent, _, id) => {
    const sizes = sizesFor(where, size, extent);
    assertRoom(where, size, sizes, id);
    const start = sizes.map((n, axis) => Math.floor((n - size[axis]!) / 2));
    return cropMove(where, extent, start as unknown as Axes, size);
  });
}
