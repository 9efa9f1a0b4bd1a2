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

/** A mask file of an image as read: stored values, and the class it is for when there is one file a class. */
export interface MaskPart {
  readonly name: string;
  readonly raster: Raster;
  /** Index of the class. */
  readonly label?: number;
}

/**
 * Several mask files of one image as one. Files of objects (all that fit a pattern with `*`): pixels that are not 0
 * become the object's id, 1, 2, …; a later object covers an earlier one. Files of classes: their class's index,
 * later classes over earlier ones; what no file marks is 0.
 * @throws {SegscapeError} `MASK_SIZE_MISMATCH`; `UNSUPPORTED_FORMAT` for a file that is neither gray nor RGB.
 */
export function joinedMasks(where: string, parts: readonly MaskPart[]): Raster {
  const [first] = parts as [MaskPart, ...MaskPart[]];
  const { data: _, ...form } = first.raster;
  const out = new Int32Array(first.raster.data.length / first.raster.channels);
  const inOrder = [...parts].sort((a, b) => (a.label ?? 0) - (b.label ?? 0));
  for (const [index, { name, raster, label = index + 1 }] of inOrder.entries()) {
    assertSameSize(where, first.raster, first.name, raster, name);
    const { data, channels } = raster;
    assertGrayOrColour(where, raster, name);
    for (let i = 0; i < out.length; i++)
      for (let c = 0; c < channels; c++)
        if (data[i * channels + c] !== 0) {
          out[i] = label;
          break;
        }
  }
  return { ...form, data: out, channels: 1 };
}
