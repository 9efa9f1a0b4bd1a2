import { assertOption, type Raster, sizeOf } from '@segscape/core';
import { assertOptions, flag, number, options as optionsOf, share, word } from '@segscape/core/schema';
import { connectedComponents, thin } from '@segscape/morphology';
import type { Tensor } from '@tensorflow/tfjs-core';
import { assertPair } from './class-counts.js';
import { type Answer, onGrids, shapeError, type Values } from './grid.js';
import { rasterOf, toMask } from './mask.js';
import { type Grid, plainGrid } from './plain-values.js';
import { assertNumbering } from './segment-numbers.js';

export interface MembraneOptions {
  /** Thins the membranes to one pixel first, so that their width does not matter. Default true. */
  readonly thin?: boolean;
}

export const membraneSchema = optionsOf<MembraneOptions>({
  thin: flag('Thins the membranes to one pixel first.', { default: true }),
});

/** Pixels that membranes are drawn on beyond the border while they are thinned. */
const margin = 16;

/** Thins as if the membranes went on beyond the border: a free end would draw back from it and open a gap. */
function thinned(membranes: Raster): Uint8Array {
  const { data, height, width } = membranes;
  const stride = width + 2 * margin;
  const clamp = (at: number, size: number) => Math.min(Math.max(at - margin, 0), size - 1);
  const wide = Uint8Array.from({ length: stride * (height + 2 * margin) }, (_, i) => {
    const [y, x] = [clamp(Math.floor(i / stride), height), clamp(i % stride, width)];
    return Number(data[y * width + x] !== 0);
  });
  const raster = { data: wide, height: height + 2 * margin, width: stride, channels: 1 };
  const lines = thin(raster, { method: 'zhang-suen' }).data;
  return Uint8Array.from(
    { length: height * width },
    (_, i) => lines[(Math.floor(i / width) + margin) * stride + (i % width) + margin]!,
  );
}

/**
 * Segments of an image from its membranes: thin the membranes, then number the 4-connected regions between them; 0 is
 * membrane.
 * @param membranes one image, any value but 0 is membrane.
 * @param options their defaults stand with their types.
 * @returns int32 labels of the same size: 0 on membranes, then 1, 2, ….
 * @throws {SegscapeError} `SHAPE_MISMATCH` when it is not one channel, `MASK_VALUE_UNKNOWN`; `BAD_OPTION` for a volume.
 */
export function segmentsOfMembranes(
  membranes: Exclude<Values, Tensor>,
  options: MembraneOptions = {},
): Grid & { readonly data: Int32Array } {
  const where = 'segmentsOfMembranes';
  assertOptions(where, options, membraneSchema);
  const raster = rasterOf(toMask(where, plainGrid(where, membranes)));
  const { data, depth, height, width } = raster;
  assertOption(depth === undefined, where, 'membranes.depth', depth, 'be absent: one image at a time');
  const lines = options.thin === false ? data : thinned(raster);
  const between = {
    height,
    width,
    channels: 1,
    data: Uint8Array.from(lines, (value) => Number(value === 0)),
  };
  return { data: connectedComponents(between, { connectivity: 1 }).labels.data, shape: [height, width] };
}

export interface SegmentScoreOptions {
  /**
   * Pixels that the prediction gives to no segment (0): each a segment of its own (`'single'`, as the adapted Rand error
   * has it, the default), or all together one (`'segment'`).
   */
  readonly unassigned?: 'single' | 'segment';
  /** Weight of the split score in the F-score. Default 0.5, the harmonic mean. */
  readonly alpha?: number;
}

export const segmentScoreSchema = optionsOf<SegmentScoreOptions>({
  unassigned: word('What pixels in no segment are: each one of its own, or all one.', ['single', 'segment'], {
    default: 'single',
  }),
  alpha: number('Weight of the split score.', { default: 0.5, ...share }),
});

export interface SegmentScores {
  /** F-score of the two, in [0, 1]; 1 is a perfect segmentation. */
  readonly score: number;
  /** Falls where segments of the truth are split. */
  readonly split: number;
  /** Falls where segments of the truth are merged. */
  readonly merge: number;
}

interface Shares {
  readonly joint: readonly number[];
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** Share of a single pixel, and how many are segments of their own. */
  readonly pixel: number;
  readonly singles: number;
}

/** Joint and marginal shares of segments over the pixels where the truth has one (foreground-restricted). */
function shares(
  where: string,
  truth: Grid,
  prediction: Grid,
  unassigned: 'single' | 'segment',
): Shares | undefined {
  assertPair(where, truth, prediction);
  assertNumbering(where, truth, prediction);
  const joint = new Map<string, number>();
  const rows = new Map<number, number>();
  const columns = new Map<number, number>();
  const count = <K>(map: Map<K, number>, key: K) => map.set(key, (map.get(key) ?? 0) + 1);
  let all = 0;
  let singles = 0;
  for (let i = 0; i < sizeOf(truth.shape); i++) {
    const [t, p] = [truth.data[i]!, prediction.data[i]!];
    if (t === 0) continue;
    all++;
    count(rows, t);
    if (p === 0 && unassigned === 'single') {
      singles++;
      continue;
    }
    count(columns, p);
    count(joint, `${t},${p}`);
  }
  if (all === 0) return undefined;
  const share = (map: Map<unknown, number>) => [...map.values()].map((n) => n / all);
  return { joint: share(joint), truth: share(rows), predicted: share(columns), pixel: 1 / all, singles };
}

const total = (values: readonly number[], of: (value: number) => number) =>
  values.reduce((sum, value) => sum + of(value), 0);

function scoresOf(split: number, merge: number, alpha: number): SegmentScores {
  // A part without weight does not count, though it be 0.
  const part = (weight: number, of: number) => (weight === 0 ? 0 : weight / of);
  return { score: 1 / (part(alpha, split) + part(1 - alpha, merge)), split, merge };
}

const undefinedScores: SegmentScores = { score: Number.NaN, split: Number.NaN, merge: Number.NaN };

function segmentScores<V extends Values, W extends Values = V>(
  where: string,
  labels: V,
  predictions: W,
  options: SegmentScoreOptions,
  measure: (shares: Shares) => { split: number; merge: number },
): Answer<V | W, SegmentScores> {
  assertOptions(where, options, segmentScoreSchema);
  const { unassigned = 'single', alpha = 0.5 } = options;
  return onGrids(where, [labels, predictions], (truth, prediction) => {
    if (truth.shape.length < 2) shapeError(where, 'one image of segment numbers', truth.shape);
    const found = shares(where, truth, prediction, unassigned);
    if (found === undefined) return undefinedScores;
    const { split, merge } = measure(found);
    return scoresOf(split, merge, alpha);
  });
}

/**
 * Foreground-restricted Rand score V_rand of ISBI 2012: with p_ij the share of pixels in segment i of the prediction and
 * j of the truth, s_i and t_j their sums,
 *
 *     split = Σ p_ij² / Σ t_j²,  merge = Σ p_ij² / Σ s_i²
 *
 * Pixels where the truth is 0 (membrane) do not count; NaN when there are no others. For images of membranes see
 * `segmentsOfMembranes`.
 *
 * @param labels segment numbers of one image, 0 is none; `predictions` of the same shape.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns the score with its two parts; a promise where tensors came in.
 * @throws {SegscapeError} `SHAPE_MISMATCH`, `BAD_OPTION`.
 * @see Arganda-Carreras et al., 2015, doi:10.3389/fnana.2015.00142
 */
export function randScore<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: SegmentScoreOptions = {},
): Answer<V | W, SegmentScores> {
  const square = (p: number) => p * p;
  return segmentScores(
    'randScore',
    labels,
    predictions,
    options,
    ({ joint, truth, predicted, pixel, singles }) => {
      const alone = singles * pixel * pixel;
      const both = total(joint, square) + alone;
      return { split: both / total(truth, square), merge: both / (total(predicted, square) + alone) };
    },
  );
}

/**
 * Foreground-restricted information score V_info of ISBI 2012: mutual information of the segmentations over the entropy
 * of the prediction (`split`) and of the truth (`merge`); 0/0 is 1. Arguments, errors and source as `randScore`.
 *
 * @param labels true class indices `[batch, …space]`, a tensor, plain arrays or a raster.
 * @param predictions class indices of the same shape, after argmax.
 * @param options their defaults stand with their types.
 * @returns the score with its two parts; a promise where tensors came in.
 */
export function informationScore<V extends Values, W extends Values = V>(
  labels: V,
  predictions: W,
  options: SegmentScoreOptions = {},
): Answer<V | W, SegmentScores> {
  const entropy = (p: number) => (p === 0 ? 0 : -p * Math.log(p));
  return segmentScores(
    'informationScore',
    labels,
    predictions,
    options,
    ({ joint, truth, predicted, pixel, singles }) => {
      const alone = singles * entropy(pixel);
      const ofTruth = total(truth, entropy);
      const ofPrediction = total(predicted, entropy) + alone;
      const mutual = Math.max(ofTruth + ofPrediction - (total(joint, entropy) + alone), 0);
      // Splitting raises the prediction's entropy, merging loses the truth's.
      const ratio = (below: number) => (below === 0 ? 1 : mutual / below);
      return { split: ratio(ofPrediction), merge: ratio(ofTruth) };
    },
  );
}
