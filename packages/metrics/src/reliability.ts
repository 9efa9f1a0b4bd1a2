import { SegscapeError } from '@segscape/core';
import { assertOptions, integer, options as optionsOf } from '@segscape/core/schema';
import { assertClass } from './class-counts.js';
import { type Answer, labelPlane, largestAt, onGrids, type Values } from './grid.js';
import type { Grid } from './plain-values.js';
import * as shared from './shared-options.js';

export interface ReliabilityOptions {
  /** Number of equal-width bins of confidence. Default 15. */
  readonly bins?: number;
  /** Label value left out. Default none. */
  readonly ignoreIndex?: number;
}

export const reliabilitySchema = optionsOf<ReliabilityOptions>({
  ignoreIndex: shared.ignoreIndex,
  bins: integer('Equal-width bins of confidence.', { default: 15, minimum: 1 }),
});

/** Single precision sums to 1 only nearly. */
const rounding = 1e-4;

/** A probability that is none would be left out or fall into a bin that is not its own. */
export function assertProbability(where: string, p: number, pixel: number): void {
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
 * in torchmetrics (scikit-learn and MetricsReloaded take (low, high]). With several channels confidence is the largest
 * probability and accuracy whether its class is right; with one channel they are the probability of the object and whether it
 * is there.
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
  options: ReliabilityOptions = {},
): Answer<V | W, ReliabilityBin[]> {
  assertOptions('reliability', options, reliabilitySchema);
  const { bins = 15, ignoreIndex } = options;
  return onGrids('reliability', [labels, probabilities], (a, b) =>
    binned('reliability', a, b, bins, ignoreIndex),
  );
}

/** The bins of values in host memory. */
export function binned(
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
