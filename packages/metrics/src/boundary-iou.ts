import { distanceTransform } from '@segscape/morphology';
import { anyNumber, assertOptions, positive, type Rule, type Rules } from './check-options.js';
import type { Answer, Values } from './grid.js';
import { type Mask, onMasks, rasterOf } from './mask.js';

export interface BoundaryIouOptions {
  /** Width of the band as a share of the image's diagonal, at least one pixel. Default 0.02. */
  readonly dilationRatio?: number;
  /** Width of the band in pixels; overrides `dilationRatio`. */
  readonly width?: number;
  /** Result when both bands are empty. Default NaN. */
  readonly bothEmpty?: number;
}

const bandWidth: Rule = {
  must: 'be at least 1 pixel',
  holds: (width) => Number.isFinite(width) && (width as number) >= 1,
};
const boundaryIouRules: Rules<BoundaryIouOptions> = {
  dilationRatio: positive,
  width: bandWidth,
  bothEmpty: anyNumber,
};

/** Python's rounding: halves go to the even number. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The mask with a frame of background one pixel wide. */
function framed({ data, shape }: Mask): Mask {
  const sizes = shape.map((n) => n + 2);
  const out = new Uint8Array(sizes.reduce((product, n) => product * n, 1));
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((product, n) => product * n, 1));
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
 * image counts as contour; distances are chessboard steps, that is erosions by 3×3. Both bands empty: NaN.
 *
 * @param labels one mask: a raster, or `[height, width]` or `[depth, height, width]`; any value but 0 is inside.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Cheng et al., 2021. https://arxiv.org/abs/2103.16562
 */
export function boundaryIou<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: BoundaryIouOptions = {},
): Answer<V | W, number> {
  assertOptions('boundaryIou', options, boundaryIouRules);
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
