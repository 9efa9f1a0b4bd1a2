import type { Raster } from '@segscape/core';
import { assertClass, assertPair } from './class-counts.js';
import { type Answer, type Grid, onGrids, shapeError, sizeOf, type Values } from './grid.js';

/** A binary object in host memory: 1 inside, 0 outside. */
export interface Mask {
  readonly data: Uint8Array;
  /** `[height, width]` or `[depth, height, width]`. */
  readonly shape: readonly number[];
}

function toMask(where: string, { data, shape }: Grid, axes: number | undefined): Mask {
  // A batch of one image, as rasters and models give it.
  const single = shape[0] === 1 && (shape.length === 4 || (shape.length === 3 && axes !== 3));
  const spatial = single ? shape.slice(1) : shape;
  if (spatial.length !== 2 && spatial.length !== 3)
    shapeError(
      where,
      'one mask [height, width] or [depth, height, width]',
      shape,
      'Use byImageAndClass for a batch.',
    );
  if (axes !== undefined && axes !== spatial.length)
    shapeError(where, `a mask of ${axes} axes, as spacing has`, shape, 'Use byImageAndClass for a batch.');
  const inside = new Uint8Array(sizeOf(spatial));
  for (let i = 0; i < inside.length; i++) inside[i] = data[i] === 0 ? 0 : 1;
  return { data: inside, shape: spatial };
}

/** Runs `compute` on two masks of one shape; any value but 0 is inside. */
export function onMasks<V extends Values, R>(
  where: string,
  values: readonly [V, V],
  spacing: readonly number[] | undefined,
  compute: (truth: Mask, prediction: Mask) => R,
): Answer<V, R> {
  return onGrids(values, (a, b) => {
    assertPair(where, a, b);
    return compute(toMask(where, a, spacing?.length), toMask(where, b, spacing?.length));
  });
}

/** A mask as a raster, for morphology. */
export function rasterOf({ data, shape }: Mask): Raster {
  const [width = 1, height = 1, depth] = [...shape].reverse();
  return { data, height, width, channels: 1, ...(depth !== undefined && { depth }) };
}

export interface ObjectOptions {
  /** Number of classes, the background included. */
  readonly classes: number;
  /** Whether class 0 gets a column. Default false. */
  readonly includeBackground?: boolean;
  /** Label value outside of every object, in truth and prediction. Default none. */
  readonly ignoreIndex?: number;
}

/**
 * Measures each class of each image as an object of its own:
 *
 *     byImageAndClass(labels, predictions, { classes: 3 }, (truth, predicted) => hausdorffDistance(truth, predicted));
 *
 * @param labels class indices `[batch, …spatial]`; `predictions` of the same shape.
 * @returns `[batch][classes]`, without the background unless asked for.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function byImageAndClass<V extends Values, R>(
  labels: V,
  predictions: V,
  { classes, includeBackground = false, ignoreIndex }: ObjectOptions,
  measure: (truth: Mask, prediction: Mask) => R,
): Answer<V, R[][]> {
  return onGrids([labels, predictions], (a, b) => {
    assertPair('byImageAndClass', a, b);
    const shape = a.shape.slice(1);
    const span = sizeOf(shape);
    for (let i = 0; i < span * a.shape[0]!; i++) {
      if (a.data[i] !== ignoreIndex) assertClass('byImageAndClass', a.data[i]!, classes);
    }
    const inside = ({ data }: Grid, n: number, c: number): Mask => {
      const mask = new Uint8Array(span);
      for (let i = 0, at = n * span; i < span; i++, at++)
        if (data[at] === c && a.data[at] !== ignoreIndex) mask[i] = 1;
      return { data: mask, shape };
    };
    const first = includeBackground ? 0 : 1;
    return Array.from({ length: a.shape[0]! }, (_, n) =>
      Array.from({ length: classes - first }, (__, k) =>
        measure(inside(a, n, first + k), inside(b, n, first + k)),
      ),
    );
  });
}
