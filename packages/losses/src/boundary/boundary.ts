import type { Raster } from '@segscape/core';
import { options } from '@segscape/core/schema';
import { distanceTransform } from '@segscape/morphology';
import { mean, mul } from '@tensorflow/tfjs-core';
import { type Activation, activate } from '../class-planes/activation.js';
import { classMaps } from '../class-planes/class-maps.js';
import { readLabels } from '../class-planes/labels.js';
import { selectClasses } from '../class-planes/planes.js';
import { defineLoss } from '../define/define-loss.js';
import { pixelBody } from '../define/pixel-body.js';
import type { PixelOptions } from '../define/shared-options.js';
import * as shared from '../define/shared-options.js';

export interface BoundaryOptions extends PixelOptions {
  /** Classes whose boundaries count. Default: all but 0; `prepare` takes 1 alone, unless the mask has others. */
  readonly classes?: readonly number[];
  /** Size of a pixel, `[y, x]` or `[z, y, x]`. Default: the mask's own `spacing` in `prepare`, else pixels. */
  readonly spacing?: readonly number[];
  /** Default `'softmax'`, for one class `'sigmoid'`. */
  readonly activation?: Activation;
}

export const boundarySchema = options<BoundaryOptions>({
  classes: shared.classes,
  spacing: shared.spacing,
  activation: shared.activation,
  ...shared.pixelOptions,
});

/**
 * Signed distance to a region's boundary: positive outside, `1 - d` inside, 0 everywhere for an empty region.
 * Floats, where the authors' code may truncate to integers.
 */
function boundaryDistances(mask: Raster, { spacing }: Pick<BoundaryOptions, 'spacing'> = {}): Float32Array {
  const { data } = distanceTransform(mask, { signed: true, ...(spacing && { spacing }) });
  const full = data[0] === Number.POSITIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const d = data[i]!;
    if (d === Number.NEGATIVE_INFINITY) data[i] = 0;
    else data[i] = full ? 0 : d > 0 ? 1 - d : -d;
  }
  return data;
}

/**
 * Boundary loss: the probability of each class, weighed by the signed distance to its true boundary.
 *
 *     mean over pixels and classes of p·distance
 *
 * It falls without bound as masks agree, so it accompanies a region loss in a `weightedSum`. The distances come
 * from `prepare(mask)` as `{ labels, distances }`; with plain labels they are made on the spot, which reads them. Labels
 * know no spacing: where masks have one, prepare them or give `spacing`.
 *
 *     const loss = weightedSum([[dice(), 1], [boundary({ classes: [1] }), 0.01]]);
 *
 * @param options their defaults stand with their types.
 * @returns a loss of labels `[batch, …space]` and logits `[batch, …space, classes]`: a scalar, or what `reduction` leaves.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, and `PREPARE_NEEDED` with plain labels
 *   where values cannot be read (WebGPU, under jit).
 * @see Kervadec, Bouchtiba, Desrosiers, Granger, Dolz, Ben Ayed, 2019. https://arxiv.org/abs/1812.07032
 */
export const boundary = defineLoss('boundary', boundarySchema, (settings, where) => {
  const { classes, spacing, activation, ignoreIndex } = settings;
  const of = (mask: Raster) => {
    const sizes = spacing ?? mask.spacing;
    return boundaryDistances(mask, sizes ? { spacing: sizes } : {});
  };
  const distanceMaps = classMaps({ where, name: 'distances', classes, ignoreIndex, of });
  const body = pixelBody(settings, (labels, logits) => {
    const { oneHotLabels, scores, valid } = readLabels(where, labels.labels, logits, ignoreIndex);
    const chosen = distanceMaps.chosen(logits);
    const distances = distanceMaps.planes(labels, oneHotLabels, logits, chosen);
    const map = mean(mul(selectClasses(activate(scores, activation), chosen), distances), 0);
    return { each: valid ? mul(map, valid) : map, weight: valid };
  });
  return { ...body, prepare: distanceMaps.prepare };
});
