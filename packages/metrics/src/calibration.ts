import { SegscapeError } from '@segscape/core';
import { assertOptions, integer, options as optionsOf, word } from '@segscape/core/schema';
import { assertClass } from './class-counts.js';
import { type Answer, labelPlane, largestAt, onGrids, type Values } from './grid.js';
import type { Grid } from './plain-values.js';
import * as shared from './shared-options.js';

export interface CalibrationOptions {
  /** Number of equal-width bins of confidence. Default 15. */
  readonly bins?: number;
  /** `'l1'` the expected error (ECE, the default), `'max'` the largest of a bin (MCE), `'l2'` the root mean square. */
  readonly norm?: 'l1' | 'l2' | 'max';
  /** Label value left out. Default none. */
  readonly ignoreIndex?: number;
}

export const probabilitySchema = optionsOf<Pick<CalibrationOptions, 'ignoreIndex'>>({
  ignoreIndex: shared.ignoreIndex,
});
export const reliabilitySchema = optionsOf<Omit<CalibrationOptions, 'norm'>>({
  ...probabilitySchema.properties,
  bins: integer('Number of equal-width bins of confidence.', { default: 15, minimum: 1 }),
});
export const calibrationSchema = optionsOf<CalibrationOptions>({
  ...reliabilitySchema.properties,
  norm: word('What becomes of the gaps of the bins.', ['l1', 'l2', 'max'], { default: 'l1' }),
});

/** Single precision sums to 1 only nearly. */
const rounding = 1e-4;

/** A probability that is none would be left out or fall into a bin that is not its own. */
function assertProbability(where: string, p: number, pixel: number): void {
  if (!Number.isFinite(p))
    throw new SegscapeError(
      'NOT_FINITE',
      `${where}: a probability of pixel ${pixel} is ${p}. segmentationMetrics counts such pixels apart, as nonFinite.`,
      { details: { value: p, pixel } },
    );
  if (p >= -rounding && p <= 1 + rounding) return;
  throw new SegscapeError(
    'BAD_OPTION',
    `${where}: probabilities (=${p} at pixel ${pixel}) must be in [0, 1]. Take the softmax or sigmoid of logits first.`,
    { details: { value: p, pixel } },
  );
}

/** What each bin holds: for a reliability diagram. */
export interface ReliabilityBin {
  readonly count: number;
  /** Mean confidence; NaN in an empty bin. */
  readonly confidence: number;
  /** Share of right pixels (for one channel: of pixels of the object); NaN in an empty bin. */
  readonly accuracy: number;
}

/**
 * Confidence against accuracy in equal-width bins [low, high); a confidence of exactly 1 has a last bin of its own, as
 * in torchmetrics. With several channels confidence is the largest probability and accuracy whether its class is right;
 * with one channel they are the probability of the object and whether it is there.
 *
 * @param labels class indices `[batch, …spatial]`, or one-hot like `probabilities`.
 * @param probabilities `[batch, …spatial, classes]`, summing to 1; or one channel, of the object.
 * @param options their defaults stand with their types.
 * @returns `bins + 1` bins.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`, `BAD_OPTION`; `NOT_FINITE` for NaN or infinite
 *   probabilities of pixels that count.
 */
export function reliability<V extends Values, W extends Values = V>(
  labels: V,
  probabilities: W,
  options: Omit<CalibrationOptions, 'norm'> = {},
): Answer<V | W, ReliabilityBin[]> {
  assertOptions('reliability', options, reliabilitySchema);
  const { bins = 15, ignoreIndex } = options;
  return onGrids('reliability', [labels, probabilities], (a, b) =>
    binned('reliability', a, b, bins, ignoreIndex),
  );
}

function binned(
  where: string,
  labels: Grid,
  { data, shape }: Grid,
  bins: number,
  ignoreIndex: number | undefined,
): ReliabilityBin[] {
  const channels = shape.at(-1)!;
  const plane = labelPlane(where, labels, shape, ignoreIndex);
  const count = new Float64Array(bins + 1);
  const confidence = new Float64Array(bins + 1);
  const right = new Float64Array(bins + 1);
  // Single-precision edges, as the peers have: a confidence on an edge goes up.
  const edges = Float32Array.from({ length: bins + 1 }, (_, i) => i / bins);
  for (let i = 0; i < plane.images * plane.pixels; i++) {
    const label = plane.data[i]!;
    if (label === ignoreIndex) continue;
    assertClass(where, label, Math.max(channels, 2));
    for (let c = 0; c < channels; c++) assertProbability(where, data[i * channels + c]!, i);
    const best = channels === 1 ? 0 : largestAt(data, i * channels, channels);
    const p = data[i * channels + best]!;
    let bin = Math.min(Math.max(Math.floor(p * bins), 0), bins);
    while (bin < bins && p >= edges[bin + 1]!) bin++;
    while (bin > 0 && p < edges[bin]!) bin--;
    count[bin]!++;
    confidence[bin]! += p;
    if (channels === 1 ? label === 1 : label === best) right[bin]!++;
  }
  return Array.from(count, (n, k) => ({ count: n, confidence: confidence[k]! / n, accuracy: right[k]! / n }));
}

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
  return onGrids(where, [labels, probabilities], (a, b) => {
    const filled = binned(where, a, b, bins, ignoreIndex).filter(({ count }) => count > 0);
    const all = filled.reduce((sum, { count }) => sum + count, 0);
    if (all === 0) return Number.NaN;
    const gaps = filled.map(({ count, confidence, accuracy }) => ({
      gap: Math.abs(accuracy - confidence),
      share: count / all,
    }));
    if (norm === 'max') return Math.max(...gaps.map(({ gap }) => gap));
    if (norm === 'l1') return gaps.reduce((sum, { gap, share }) => sum + gap * share, 0);
    return Math.sqrt(gaps.reduce((sum, { gap, share }) => sum + gap * gap * share, 0));
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
      if (channels === 1) return label === 1 ? data[i]! : 1 - data[i]!;
      return data[i * channels + label]!;
    });
    return { data: map, shape: shape.slice(0, -1) };
  });
}
