import { number, options, share } from '@segscape/core/schema';
import {
  add,
  div,
  maximum,
  minimum,
  mul,
  pad,
  reshape,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Activation } from '../class-planes/activation.js';
import { type CountedOptions, countedPlanes } from '../class-planes/counted-classes.js';
import { planeSums } from '../class-planes/planes.js';
import { smoothRatio } from '../class-planes/reduce.js';
import { reduceClasses } from '../class-planes/reduce-classes.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';
import type { Reduction } from '../loss.js';

export interface BoundaryDouOptions extends CountedOptions, InputOptions {
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
  /** Take the sums over the whole batch rather than per sample. Default true. */
  readonly batch?: boolean;
  /** Added to numerators and denominators, in pixels. Default 1e-5. */
  readonly smooth?: number;
  /** Largest alpha, in [0, 1]: how far the boundary may count more than the inside. Default 0.8. */
  readonly maxAlpha?: number;
  /** `'none'` gives `[batch, classes]`. Default `'mean'`. */
  readonly reduction?: Reduction;
}

export const boundaryDouSchema = options<BoundaryDouOptions>({
  activation: shared.activation,
  includeBackground: shared.includeBackground,
  classes: shared.classes,
  batch: { ...shared.batch, default: true },
  smooth: shared.smooth(1e-5),
  maxAlpha: number('Largest weight of the overlap.', { default: 0.8, ...share }),
  reduction: shared.reduction,
  ...shared.inputOptions,
});

/** Pixels of a region that touch its outside along an axis, beyond the border of the image too; of class planes. */
function boundaryPixels(planes: Tensor, space: readonly number[]): Tensor {
  // Each class of each sample is an image of its own: WebGL pads no more than four axes.
  const whole = reshape(planes, [-1, ...space]);
  const framed = pad(whole, [[0, 0], ...space.map((): [number, number] => [1, 1])]);
  const moved = (axis: number, by: number) =>
    slice(framed, [0, ...space.map((_, other) => (other === axis ? 1 + by : 1))], whole.shape);
  const inner = space
    .flatMap((_, axis) => [moved(axis, -1), moved(axis, 1)])
    .reduce<Tensor>((least, neighbour) => minimum(least, neighbour), whole);
  return reshape(sub(whole, inner), planes.shape);
}

/**
 * Boundary difference over union: the difference of prediction and truth over their union less a share of their overlap,
 * which is the greater the less of the region is boundary. So large regions are drawn at their boundaries, and small ones
 * as a whole.
 *
 *     (Σp² + Σt² - 2·Σpt) / (Σp² + Σt² - (1 + α)·Σpt),   α = min(1 - 2·C / S, maxAlpha)
 *
 * C is the number of true pixels at the boundary and S of all of the class. Sums run over the whole batch by default, as in
 * the authors' code. For images and volumes; boundaries are those of hard labels.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Sun, Luo, Li, Boundary difference over union loss for medical image segmentation, 2023.
 *   https://arxiv.org/abs/2308.00220
 */
export const boundaryDou = defineLoss('boundaryDou', boundaryDouSchema, (settings, where) => {
  const { smooth = 1e-5, maxAlpha = 0.8, batch = true } = settings;
  return {
    value: (labels, logits) => {
      const { t, p } = countedPlanes(where, labels, logits, settings);
      const total = (planes: Tensor) => planeSums(planes, batch);
      const size = total(t);
      const boundary = total(boundaryPixels(t, logits.shape.slice(1, -1)));
      // Without smoothing an empty region is 0/0; any alpha is right for it.
      const inBoundary = div(add(boundary, smooth), maximum(add(size, smooth), 1e-7));
      const alpha = minimum(sub(1, mul(inBoundary, 2)), maxAlpha);
      const overlap = total(mul(p, t));
      const squares = add(total(square(p)), total(square(t)));
      const numerator = add(sub(squares, mul(overlap, 2)), smooth);
      const denominator = add(sub(squares, mul(overlap, add(alpha, 1))), smooth);
      const losses = smoothRatio(numerator, denominator, smooth);
      return reduceClasses(where, losses, sum(size, 1, true), settings);
    },
  };
});
