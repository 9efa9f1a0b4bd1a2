import { type Raster, type Sample, SegscapeError } from '@segscape/core';

/** How far a picture or a volume reaches. */
export type Extent = Pick<Raster, 'depth' | 'height' | 'width'>;

/** `[height, width]`, of a volume `[depth, height, width]`. */
export const shapeOf = ({ depth, height, width }: Extent): number[] =>
  depth === undefined ? [height, width] : [depth, height, width];

/** The extent of `[height, width]` or `[depth, height, width]`. */
export const extentOf = (shape: readonly number[]): Extent =>
  shape.length === 3
    ? { depth: shape[0]!, height: shape[1]!, width: shape[2]! }
    : { height: shape[0]!, width: shape[1]! };

/** The slices of a volume, one of a picture. */
export const slicesOf = ({ depth = 1 }: Extent): number => depth;

/** A size of a raster with `depth` for volumes alone, and its spacing where it has one. */
export const like = (raster: Raster, extent: Extent): Omit<Raster, 'data'> => ({
  ...extent,
  channels: raster.channels,
  ...(raster.spacing && { spacing: raster.spacing }),
});

/** Checks that an image and its mask lie on each other, before something moves them together. */
export function assertAligned(where: string, { id, image, mask }: Sample): void {
  const [a, b] = [shapeOf(image), shapeOf(mask)];
  if (a.length === b.length && a.every((n, axis) => n === b[axis])) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: sample '${id}' has an image of [${a.join(', ')}] and a mask of [${b.join(', ')}]; they must be of one size to be moved together. Put what changes one size alone (pad with mask: 'keep') last.`,
    { details: { id, image: a, mask: b } },
  );
}

/** Refuses a volume's options for a picture: `randomCrop: size (=[2,8,8]) …`. */
export function assertVolume(where: string, what: string, raster: Extent): void {
  if (raster.depth !== undefined) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: ${what} is for volumes, got a picture of [${raster.height}, ${raster.width}].`,
  );
}
