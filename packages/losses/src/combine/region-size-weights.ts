import { assertOptions, options as optionsOf } from '@segscape/core/schema';
import { connectedComponents } from '@segscape/morphology';
import { assertMaskValues } from '../class-planes/label-values.js';
import * as shared from '../define/shared-options.js';
import { type WeightMap, weightMap } from './weight-map.js';

export interface RegionSizeWeightsOptions {
  /** How many axes may differ between neighbours of one region. Default 1: by edges (faces in a volume). */
  readonly connectivity?: 1 | 2 | 3;
  /** Label value whose weight is 0. Default: none. */
  readonly ignoreIndex?: number;
}

export const regionSizeWeightsSchema = optionsOf<RegionSizeWeightsOptions>({
  connectivity: shared.connectivity,
  ignoreIndex: shared.inputOptions.ignoreIndex,
});

/**
 * Weights that make every region count alike, whatever its size (inverse weighting): a function from a mask to the weight of
 * each pixel, for `pixelWeighted`.
 *
 *     w(x) = pixels / (regions · pixels of the region of x)
 *
 * Regions are the connected components of each class but 0, and the background, which is one. The weights have a mean of 1.
 *
 *     const loss = pixelWeighted(crossEntropy(), regionSizeWeights());
 *
 * @param options their defaults stand with their types.
 * @returns a map of weights for a mask, `[height, width]`.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`, `MASK_VALUE_UNKNOWN`.
 * @see Shirokikh, Shevtsov, Kurmukov, Dalechina, Krivov, Kostjuchenko, Golanov, Belyaev, Universal loss reweighting to
 *   balance lesion size inequality in 3D medical image segmentation, 2020. https://arxiv.org/abs/2007.10033
 */
export function regionSizeWeights(options: RegionSizeWeightsOptions = {}): WeightMap {
  const where = 'regionSizeWeights';
  assertOptions(where, options, regionSizeWeightsSchema);
  const { connectivity = 1, ignoreIndex } = options;
  return weightMap(options, regionSizeWeights, (mask) => {
    assertMaskValues(where, mask, ignoreIndex);
    const objects = Int32Array.from(mask.data, (value) => (value === ignoreIndex ? 0 : value));
    const { labels, sizes } = connectedComponents({ ...mask, data: objects }, { connectivity });
    const isIgnored = (at: number) => mask.data[at] === ignoreIndex;
    const areas = Float64Array.from(sizes);
    for (let at = 0; at < objects.length; at++) if (isIgnored(at)) areas[0]!--;
    const regions = areas.filter((area) => area > 0).length;
    const pixels = areas.reduce((sum, area) => sum + area, 0);
    const data = Float32Array.from(objects, (_, at) =>
      isIgnored(at) ? 0 : pixels / (regions * areas[labels.data[at]!]!),
    );
    return { ...mask, data };
  });
}
