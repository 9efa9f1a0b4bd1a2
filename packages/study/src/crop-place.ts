import {
  type Axes,
  type Extent,
  type RandomCropOptions,
  randomCrop,
  type SpatialTransform,
} from '@segscape/augment';
import type { Raster, Rng } from '@segscape/core';
import { axesOf } from './axes.js';

export interface CropOptions {
  /** Height and width, of volumes with the depth before them; along an axis that is shorter, all of it. */
  readonly size: readonly number[];
  /** Share of the crops that are centred on the foreground, in [0, 1]. Default 0. */
  readonly share?: number | undefined;
  /** Number of classes; the first is the background, and labels beyond are void. */
  readonly classes: number;
}

/** A pixel of a class that is drawn among those of the foreground which the mask has, all of its pixels alike; along each axis. */
function foregroundPixel(mask: Raster, classes: number, rng: Rng): number[] | undefined {
  const { data } = mask;
  const counts = new Array<number>(classes).fill(0);
  for (const label of data) if (label > 0 && label < classes) counts[label]!++;
  const present = counts.flatMap((n, label) => (n > 0 ? [label] : []));
  if (present.length === 0) return undefined;
  const label = present[rng.integer(0, present.length)]!;
  let left = rng.integer(0, counts[label]!);
  let place = data.findIndex((value) => value === label && left-- === 0);
  const at: number[] = [];
  for (const n of axesOf(mask).reverse()) {
    at.unshift(place % n);
    place = Math.floor(place / n);
  }
  return at;
}

/** Where a stretch around a place begins, inside of `room`. */
const startAround = (place: number, length: number, room: number) =>
  Math.min(Math.max(0, place - Math.floor(length / 2)), room - length);

/**
 * Chooses where a sample is cropped.
 * @param extent size of the sample.
 * @param mask gives its mask, if it is asked for.
 * @returns the crop; it draws from the same random numbers where it may lie anywhere.
 */
export type CropPlace = (extent: Extent, mask: () => Raster, rng: Rng) => SpatialTransform;

/**
 * A crop that is centred on the foreground with a given probability (as near to the border as it fits), and lies anywhere
 * otherwise, or where there is no foreground: so that batches of large images hold what is rare. It draws from the sample's own
 * random numbers alone.
 * @see Isensee et al., nnU-Net, 2021, Supplementary Note 2: a third of each batch. https://doi.org/10.1038/s41592-020-01008-z
 */
export const cropPlace =
  ({ size, share, classes }: CropOptions): CropPlace =>
  (extent, mask, rng) => {
    const room = axesOf(extent);
    const taken = room.map((n, axis) => Math.min(size[axis]!, n)) as readonly number[] as Axes;
    const chosen = share !== undefined && rng.uniform() < share;
    const pixel = chosen ? foregroundPixel(mask(), classes, rng) : undefined;
    if (pixel === undefined) return randomCrop({ size: taken });
    const inset = room.flatMap((n, axis) => {
      const start = startAround(pixel[axis]!, taken[axis]!, n);
      return [start, n - start - taken[axis]!];
    });
    return randomCrop({
      size: taken,
      inset: inset as readonly number[] as RandomCropOptions['inset'] & object,
    });
  };
