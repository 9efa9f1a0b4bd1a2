import { sizeOf } from '@segscape/core';
import { assertOptions, number, options as optionsOf, positive } from '@segscape/core/schema';
import { distanceTransform } from '@segscape/morphology';
import type { Answer, Values } from './grid.js';
import { type Mask, onMasks, rasterOf } from './mask.js';
import * as shared from './shared-options.js';

export interface BoundaryIouOptions {
  /** Width of the band as a share of the image's diagonal, at least one pixel. Default 0.02. */
  readonly dilationRatio?: number;
  /** Width of the band in pixels; overrides `dilationRatio`. */
  readonly width?: number;
  /** Result when both bands are empty. Default NaN. */
  readonly bothEmpty?: number;
}

export const boundaryIouSchema = optionsOf<BoundaryIouOptions>({
  dilationRatio: number("Width of the band as a share of the image's diagonal.", {
    default: 0.02,
    ...positive,
  }),
  width: number('Width of the band, in place of dilationRatio.', { minimum: 1, unit: 'pixels' }),
  bothEmpty: shared.bothEmpty,
});

/** Python's rounding: halves go to the even number. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The mask with a frame of background one pixel wide. */
function framed({ data, shape }: Mask): Mask {
  const sizes = shape.map((n) => n + 2);
  const out = new Uint8Array(sizeOf(sizes));
  const strides = sizes.map((_, axis) => sizeOf(sizes.slice(axis + 1)));
  data.forEach((value, i) => {
    let rest = i;
    let at = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += ((rest % shape[axis]!) + 1) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    out[at] = value;
  });
  return { data: out, shape: sizes };
}

/**
 * Boundary IoU: the IoU of the bands of pixels that lie inside an object within a width of its contour. The border of the
 * image counts as contour; distances are chessboard steps, that is erosions by 3×3, as in the authors' code (MetricsReloaded
 * takes pixels less than a Euclidean distance from those that touch the outside along an axis). Both bands empty: NaN.
 *
 * @param labels one mask: a raster, or `[height, width]` or `[depth, height, width]`; any value but 0 is inside.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1], NaN where neither has an object; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Cheng et al., 2021. https://arxiv.org/abs/2103.16562
 */
export function boundaryIou<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: BoundaryIouOptions = {},
): Answer<V | W, number> {
  assertOptions('boundaryIou', options, boundaryIouSchema);
  const { dilationRatio = 0.02, width, bothEmpty = Number.NaN } = options;
  return onMasks('boundaryIou', [labels, predictions], undefined, (truth, predicted) => {
    const reach = width ?? Math.max(1, roundHalfEven(dilationRatio * Math.hypot(...truth.shape)));
    const [a, b] = [truth, predicted].map((mask) => {
      const depth = distanceTransform(rasterOf(framed(mask)), { metric: 'chessboard' }).data;
      return depth.map((d) => Number(d > 0 && d <= reach));
    }) as [Float32Array, Float32Array];
    let both = 0;
    let either = 0;
    for (let i = 0; i < a.length; i++) {
      both += a[i]! * b[i]!;
      either += Math.max(a[i]!, b[i]!);
    }
    return either === 0 ? bothEmpty : both / either;
  });
}
