import { type Raster, SegscapeError } from '@segscape/core';

/** Throws `MASK_SIZE_MISMATCH` unless both have one height, width and depth. */
export function assertSameSize(
  where: string,
  image: Raster,
  imageName: string,
  mask: Raster,
  maskName: string,
): void {
  if (image.height === mask.height && image.width === mask.width && image.depth === mask.depth) return;
  const sides = ({ depth, height, width }: Raster) =>
    `${width}×${height}${depth === undefined ? '' : `×${depth}`}`;
  const order = `width×height${image.depth === undefined && mask.depth === undefined ? '' : '×depth'}`;
  const across = image.height === mask.width && image.width === mask.height;
  throw new SegscapeError(
    'MASK_SIZE_MISMATCH',
    `${where}: image '${imageName}' is ${sides(image)} pixels (${order}), its mask '${maskName}' ` +
      `${sides(mask)}. Give masks of the images' size${
        across
          ? "; if they were drawn over images as stored, not turned upright, give orientation: 'ignore'"
          : ''
      }.`,
    { details: { image: [image.height, image.width], mask: [mask.height, mask.width], imageName, maskName } },
  );
}

/** Throws `UNSUPPORTED_FORMAT` for a mask that is neither gray nor RGB. */
export function assertGrayOrColour(where: string, { channels }: Raster, name: string): void {
  if (channels === 1 || channels === 3) return;
  throw new SegscapeError(
    'UNSUPPORTED_FORMAT',
    `${where}: mask '${name}' has ${channels} channels; save it with one channel of values, or as RGB.`,
    { details: { name, channels } },
  );
}

/** Throws `SHAPE_MISMATCH` for a volume where a picture is needed. */
export function assertFlat(where: string, { depth }: Raster, name: string, why: string): void {
  if (depth === undefined) return;
  throw new SegscapeError(
    'SHAPE_MISMATCH',
    `${where}: ${name} is a volume of ${depth} slices, and ${why}. Give the slice itself, or choose it with page.`,
    { details: { name, depth } },
  );
}
