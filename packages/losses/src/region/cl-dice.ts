import { assertOption, sizeOf } from '@segscape/core';
import { integer, notNegative, options } from '@segscape/core/schema';
import {
  add,
  maxPool,
  maxPool3d,
  minimum,
  mul,
  neg,
  relu,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { countedPlanes } from '../class-planes/counted-classes.js';
import { smoothRatio } from '../class-planes/reduce.js';
import { defineLoss } from '../define/define-loss.js';
import type { InputOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';

export interface ClDiceOptions extends InputOptions {
  /** Rounds of erosion: at least half the width of the widest vessel, in pixels. Default 3. */
  readonly iterations?: number;
  /** Added to numerator and denominator of both ratios, in pixels; with 0, 0/0 counts as 0. Default 1. */
  readonly smooth?: number;
  /** With false, class 0 does not count. Default false, as in MONAI; one class always counts. */
  readonly includeBackground?: boolean;
  /** Default `'softmax'`, for one class `'sigmoid'`; `'none'` takes probabilities as they are. */
  readonly activation?: 'softmax' | 'sigmoid' | 'none';
}

export const clDiceSchema = options<ClDiceOptions>({
  iterations: integer('Rounds of erosion.', { default: 3, ...notNegative }),
  smooth: shared.smooth(1),
  includeBackground: { ...shared.includeBackground, default: false },
  activation: shared.probability,
  ...shared.inputOptions,
});

/** Largest value of the box-shaped neighbourhood. */
const dilate = (x: Tensor): Tensor =>
  x.rank === 4 ? maxPool(x as Tensor4D, 3, 1, 'same') : maxPool3d(x as Tensor5D, [3, 3, 3], 1, 'same');

/** Largest of the three values along one axis of space; a volume's as planes of its lines. */
function dilateAlong(x: Tensor, axis: number): Tensor {
  const [images, ...sizes] = x.shape.slice(0, -1) as [number, ...number[]];
  if (sizes.length === 2) return maxPool(x as Tensor4D, axis === 0 ? [3, 1] : [1, 3], 1, 'same');
  // Windows in space that are not as high as wide have a wrong gradient on the cpu backend of TensorFlow.js 4.
  const before = sizeOf([images, ...sizes.slice(0, axis)]);
  const lines: Tensor4D = reshape(x, [before, sizes[axis] as number, sizeOf(sizes.slice(axis + 1)), 1]);
  return reshape(maxPool(lines, [3, 1], 1, 'same'), x.shape);
}

/** Smallest value of the cross-shaped neighbourhood. */
function erode(x: Tensor): Tensor {
  const inverse = neg(x);
  return Array.from({ length: x.rank - 2 }, (_, axis) => neg(dilateAlong(inverse, axis))).reduce(
    (least, next) => minimum(least, next),
  );
}

/** Erosion, then dilation. */
const open = (x: Tensor): Tensor => dilate(erode(x));

/** What each opening of ever more eroded images takes away, joined as a soft union. */
function softSkeleton(image: Tensor, iterations: number): Tensor {
  let eroded = image;
  let skeleton = relu(sub(eroded, open(eroded)));
  for (let round = 0; round < iterations; round++) {
    eroded = erode(eroded);
    const thin = relu(sub(eroded, open(eroded)));
    skeleton = add(skeleton, relu(sub(thin, mul(skeleton, thin))));
  }
  return skeleton;
}

/**
 * Centreline Dice: the harmonic mean of how much of the predicted skeleton lies in the truth, and of the true
 * skeleton in the prediction; for vessels and other thin, connected structures, in 2-D or 3-D.
 *
 *     1 - 2·precision·sensitivity / (precision + sensitivity)
 *
 * Sums run over classes and batch, as in MONAI. The authors' code is this one with `includeBackground: true` and
 * `iterations: 10`, whatever its own `iter_` says.
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Shit, Paetzold et al., 2021. https://arxiv.org/abs/2003.07311
 */
export const clDice = defineLoss('clDice', clDiceSchema, (settings, where) => {
  const { iterations = 3, smooth = 1, includeBackground = false } = settings;
  return {
    value: (labels, logits) => {
      assertOption(
        logits.rank === 4 || logits.rank === 5,
        where,
        'logits.shape',
        logits.shape,
        'be [batch, height, width, classes] or [batch, depth, height, width, classes]',
      );
      const { t, p } = countedPlanes(where, labels, logits, { ...settings, includeBackground });
      // Each class of each sample is an image of its own.
      const space = logits.shape.slice(1, -1);
      const images = (x: Tensor) => reshape(x, [-1, ...space, 1]);
      // Without smoothing an empty skeleton's share is 0/0, which counts as 0.
      const share = (skeleton: Tensor, region: Tensor) =>
        smoothRatio(add(sum(mul(skeleton, images(region))), smooth), add(sum(skeleton), smooth), smooth);
      const precision = share(softSkeleton(images(p), iterations), t);
      const sensitivity = share(softSkeleton(images(t), iterations), p);
      const both = mul(mul(precision, sensitivity), 2);
      return sub(1, smoothRatio(both, add(precision, sensitivity), smooth));
    },
  };
});
