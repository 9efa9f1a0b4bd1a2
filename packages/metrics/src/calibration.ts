import { assertOptions, options as optionsOf, word } from '@segscape/core/schema';
import { assertClass } from './class-counts.js';
import { type Answer, labelPlane, onGrids, type Values } from './grid.js';
import {
  assertProbability,
  binned,
  type ReliabilityBin,
  type ReliabilityOptions,
  reliabilitySchema,
} from './reliability.js';
import * as shared from './shared-options.js';

export interface CalibrationOptions extends ReliabilityOptions {
  /** `'l1'` the expected error (ECE, the default), `'max'` the largest of a bin (MCE), `'l2'` the root mean square. */
  readonly norm?: 'l1' | 'l2' | 'max';
}

export const probabilitySchema = optionsOf<Pick<CalibrationOptions, 'ignoreIndex'>>({
  ignoreIndex: shared.ignoreIndex,
});
export const calibrationSchema = optionsOf<CalibrationOptions>({
  ...reliabilitySchema.properties,
  norm: word('Norm of the gaps of the bins.', ['l1', 'l2', 'max'], { default: 'l1' }),
});

/**
 * Calibration error: how far confidence and accuracy differ, over the bins of `reliability`. Empty bins count nothing; NaN
 * when every pixel is ignored.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param probabilities `[batch, …space, classes]`, or one channel for two classes.
 * @param options their defaults stand with their types.
 * @returns one number in [0, 1]; a promise where tensors came in.
 * @see Guo et al., On calibration of modern neural networks, 2017. https://arxiv.org/abs/1706.04599
 */
export function expectedCalibrationError<V extends Values, W extends Values = V>(
  labels: V,
  probabilities: W,
  options: CalibrationOptions = {},
): Answer<V | W, number> {
  const where = 'expectedCalibrationError';
  assertOptions(where, options, calibrationSchema);
  const { norm = 'l1', bins = 15, ignoreIndex } = options;
  return onGrids(where, [labels, probabilities], (a, b) =>
    errorOf(binned(where, a, b, bins, ignoreIndex), norm),
  );
}

/** How far the bins are from the diagonal; NaN where all are empty. */
function errorOf(bins: readonly ReliabilityBin[], norm: NonNullable<CalibrationOptions['norm']>): number {
  const filled = bins.filter(({ count }) => count > 0);
  const all = filled.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return Number.NaN;
  const gaps = filled.map(({ count, confidence, accuracy }) => ({
    gap: Math.abs(accuracy - confidence),
    share: count / all,
  }));
  if (norm === 'max') return gaps.reduce((most, { gap }) => Math.max(most, gap), 0);
  if (norm === 'l1') return gaps.reduce((sum, { gap, share }) => sum + gap * share, 0);
  return Math.sqrt(gaps.reduce((sum, { gap, share }) => sum + gap * gap * share, 0));
}

/**
 * Calibration error of each class by itself: how far its probability is from how often it is there, whether or not it is the
 * likeliest (class-wise ECE). The error of the likeliest class alone says nothing of a rare class.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param probabilities `[batch, …space, classes]`, summing to 1; one channel, of the object, gives one number.
 * @param options their defaults stand with their types.
 * @returns a number in [0, 1] for each channel, NaN when every pixel is ignored; a promise where tensors came in.
 * @throws {SegscapeError} as `reliability`.
 * @see Kull et al., Beyond temperature scaling, 2019. https://arxiv.org/abs/1910.12656 (Nixon et al., Measuring calibration in
 *   deep learning, 2019, call their mean the static calibration error.)
 */
export function classCalibrationErrors<V extends Values, W extends Values = V>(
  labels: V,
  probabilities: W,
  options: CalibrationOptions = {},
): Answer<V | W, number[]> {
  const where = 'classCalibrationErrors';
  assertOptions(where, options, calibrationSchema);
  const { norm = 'l1', bins = 15, ignoreIndex } = options;
  return onGrids(where, [labels, probabilities], (a, { data, shape }) => {
    const channels = shape.at(-1)!;
    const { data: truth, images, pixels } = labelPlane(where, a, shape, ignoreIndex);
    const space = [images, pixels];
    if (channels === 1) {
      const one = { data: truth, shape: space };
      return [errorOf(binned(where, one, { data, shape: [...space, 1] }, bins, ignoreIndex), norm)];
    }
    const all = images * pixels;
    for (let i = 0; i < all; i++) if (truth[i] !== ignoreIndex) assertClass(where, truth[i]!, channels);
    return Array.from({ length: channels }, (_, c) => {
      const own = Float64Array.from({ length: all }, (__, i) => data[i * channels + c]!);
      // −1 is no class of two, whatever the ignored label is.
      const there = Int32Array.from({ length: all }, (__, i) =>
        truth[i] === ignoreIndex ? -1 : Number(truth[i] === c),
      );
      const grids = [
        { data: there, shape: space },
        { data: own, shape: [...space, 1] },
      ] as const;
      return errorOf(binned(where, ...grids, bins, -1), norm);
    });
  });
}

/**
 * Brier score: the mean over pixels of Σ_c (p_c − t_c)², in [0, 2]; with one channel (p − t)², in [0, 1]. NaN when every
 * pixel is ignored. Arguments and errors as `reliability`.
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param probabilities `[batch, …space, classes]`, or one channel for two classes.
 * @param options their defaults stand with their types.
 * @returns one number; a promise where tensors came in.
 * @see Brier, Verification of forecasts expressed in terms of probability, 1950.
 */
export function brierScore<V extends Values, W extends Values = V>(
  labels: V,
  probabilities: W,
  options: Pick<CalibrationOptions, 'ignoreIndex'> = {},
): Answer<V | W, number> {
  assertOptions('brierScore', options, probabilitySchema);
  const { ignoreIndex } = options;
  return onGrids('brierScore', [labels, probabilities], (a, { data, shape }) => {
    const channels = shape.at(-1)!;
    const plane = labelPlane('brierScore', a, shape, ignoreIndex);
    let sum = 0;
    let seen = 0;
    for (let i = 0; i < plane.images * plane.pixels; i++) {
      const label = plane.data[i]!;
      if (label === ignoreIndex) continue;
      assertClass('brierScore', label, Math.max(channels, 2));
      seen++;
      for (let c = 0; c < channels; c++) {
        const p = data[i * channels + c]!;
        assertProbability('brierScore', p, i);
        sum += (p - Number(channels === 1 ? label === 1 : label === c)) ** 2;
      }
    }
    return seen === 0 ? Number.NaN : sum / seen;
  });
}

/**
 * Probability given to the true class, pixel by pixel: `[batch, …spatial]`; NaN where the label is ignored or the probability is NaN. Its mean over the
 * pixels of a class is the class's `confidence` in `segmentationMetrics`. Arguments and errors as `reliability`.
 *
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param probabilities `[batch, …space, classes]`, or one channel for two classes.
 * @param options their defaults stand with their types.
 * @returns float64 values in the order of pixels, and their shape; a promise where tensors came in.
 */
export function confidenceMap<V extends Values, W extends Values = V>(
  labels: V,
  probabilities: W,
  options: Pick<CalibrationOptions, 'ignoreIndex'> = {},
): Answer<V | W, { readonly data: Float64Array; readonly shape: readonly number[] }> {
  assertOptions('confidenceMap', options, probabilitySchema);
  const { ignoreIndex } = options;
  return onGrids('confidenceMap', [labels, probabilities], (a, { data, shape }) => {
    const channels = shape.at(-1)!;
    const plane = labelPlane('confidenceMap', a, shape, ignoreIndex);
    const map = Float64Array.from({ length: plane.images * plane.pixels }, (_, i) => {
      const label = plane.data[i]!;
      if (label === ignoreIndex) return Number.NaN;
      assertClass('confidenceMap', label, Math.max(channels, 2));
      for (let k = i * channels; k < (i + 1) * channels; k++)
        if (!Number.isNaN(data[k])) assertProbability('confidenceMap', data[k]!, i);
      if (channels === 1) return label === 1 ? data[i]! : 1 - data[i]!;
      return data[i * channels + label]!;
    });
    return { data: map, shape: shape.slice(0, -1) };
  });
}
