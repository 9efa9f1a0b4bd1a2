import { warp } from '@segscape/augment';
import { assertOption, type Raster } from '@segscape/core';
import { type Dataset, mappedDataset } from '@segscape/data';

/** Pixels, down and to the right. */
export type PixelOffset = readonly [number, number];

/** An image moved by less or more than a pixel, by cubic splines; what lies beyond its border is its mirror image. */
function moved(image: Raster, [down, right]: PixelOffset): Raster {
  const { height, width } = image;
  const field = {
    height,
    width,
    dy: new Float32Array(height * width).fill(-down),
    dx: new Float32Array(height * width).fill(-right),
  };
  return warp(image, field, { order: 3, mode: 'mirror' });
}

/**
 * Moves images to where their masks lie, for data whose masks were drawn or exported beside them: a network that is trained with
 * flips or turns can't learn on which side, and its outlines are off by as much. New images are not to be moved: masks of them
 * lie where their own edges do.
 *
 * @param dataset whose masks all lie off to one side.
 * @param offset by which they do; `examineMasks` measures it. Undefined: the dataset as it is.
 * @returns a dataset of the same masks and moved images, of which `describe()` tells `maskOffset`; volumes are moved slice by slice.
 * @throws {SegscapeError} `BAD_OPTION` unless the offset is two numbers.
 */
export function withMaskOffset(dataset: Dataset, offset: PixelOffset | undefined): Dataset {
  if (offset === undefined) return dataset;
  const two = Array.isArray(offset) && offset.length === 2 && offset.every(Number.isFinite);
  assertOption(two, 'withMaskOffset', 'offset', offset, 'be two numbers, pixels down and to the right');
  return mappedDataset(dataset, (image) => moved(image, offset), { maskOffset: offset });
}
