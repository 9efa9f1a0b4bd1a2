import { assertOption, type Raster, SegscapeError, sizeOf } from '@segscape/core';
import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { assertClass, assertPair } from './class-counts.js';
import { type Answer, onGrids, shapeError, type Values } from './grid.js';
import type { Grid } from './plain-values.js';
import * as shared from './shared-options.js';

/** A binary object in host memory: 1 inside, 0 outside. */
export interface Mask {
  readonly data: Uint8Array;
  /** `[height, width]` or `[depth, height, width]`. */
  readonly shape: readonly number[];
  /** Size of a pixel, `[y, x]` or `[z, y, x]`, where the mask has one. */
  readonly spacing?: readonly number[];
}

export function toMask(where: string, { data, shape, spacing }: Grid, axes?: number): Mask {
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
  for (let i = 0; i < inside.length; i++) {
    const value = data[i]!;
    if (!Number.isInteger(value)) throw noMask(where, value);
    inside[i] = value === 0 ? 0 : 1;
  }
  return { data: inside, shape: spatial, ...(spacing && { spacing }) };
}

const noMask = (where: string, value: number) =>
  new SegscapeError(
    'MASK_VALUE_UNKNOWN',
    `${where}: ${value} is neither outside (0) nor inside a mask. Put a threshold to probabilities first.`,
    { details: { value } },
  );

/** The pixel size of two masks, when it is theirs to give. */
function sharedSpacing(where: string, a: Grid, b: Grid): readonly number[] | undefined {
  const [first, second] = [a.spacing, b.spacing];
  assertOption(
    first === undefined || second === undefined || String(first) === String(second),
    where,
    'spacing',
    [first, second],
    'be one for both masks; bring them to one grid, or give it as an option',
  );
  return first ?? second;
}

/** Runs `compute` on two masks of one shape, with the pixel size given or else their own; any value but 0 is inside. */
export function onMasks<V extends Values, W extends Values, R>(
  where: string,
  values: readonly [V, W],
  spacing: readonly number[] | undefined,
  compute: (truth: Mask, prediction: Mask, spacing: readonly number[] | undefined) => R,
): Answer<V | W, R> {
  return onGrids(where, values, (a, b) => {
    assertPair(where, a, b);
    const sizes = spacing ?? sharedSpacing(where, a, b);
    return compute(toMask(where, a, sizes?.length), toMask(where, b, sizes?.length), sizes);
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

export const objectSchema = optionsOf<ObjectOptions>(
  {
    classes: shared.classes,
    includeBackground: { ...shared.includeBackground, default: false },
    ignoreIndex: shared.ignoreIndex,
  },
  ['classes'],
);

/**
 * Measures each class of each image as an object of its own:
 *
 *     byImageAndClass(labels, predictions, { classes: 3 }, (truth, predicted) => hausdorffDistance(truth, predicted));
 *
 * @param labels class indices `[batch, …spatial]`; `predictions` of the same shape.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @param measure what is measured of one class of one image.
 * @returns `[batch][classes]`, without the background unless asked for.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 */
export function byImageAndClass<V extends Values, W extends Values, R>(
  labels: V,
  predictions: W,
  options: ObjectOptions,
  measure: (truth: Mask, prediction: Mask) => R,
): Answer<V | W, R[][]> {
  const where = 'byImageAndClass';
  assertOptions(where, options, objectSchema);
  const isMeasure = typeof measure === 'function';
  assertOption(isMeasure, where, 'measure', measure, 'be a function of the true and the predicted mask');
  const { classes, includeBackground = false, ignoreIndex } = options;
  return onGrids(where, [labels, predictions], (a, b) => {
    assertPair(where, a, b);
    const spacing = sharedSpacing(where, a, b);
    const shape = a.shape.slice(1);
    const span = sizeOf(shape);
    for (let i = 0; i < span * a.shape[0]!; i++) {
      if (a.data[i] === ignoreIndex) continue;
      assertClass(where, a.data[i]!, classes);
      assertClass(where, b.data[i]!, classes);
    }
    const inside = ({ data }: Grid, n: number, c: number): Mask => {
      const mask = new Uint8Array(span);
      for (let i = 0, at = n * span; i < span; i++, at++)
        if (data[at] === c && a.data[at] !== ignoreIndex) mask[i] = 1;
      return { data: mask, shape, ...(spacing && { spacing }) };
    };
    const first = includeBackground ? 0 : 1;
    return Array.from({ length: a.shape[0]! }, (_, n) =>
      Array.from({ length: classes - first }, (__, k) =>
        measure(inside(a, n, first + k), inside(b, n, first + k)),
      ),
    );
  });
}
