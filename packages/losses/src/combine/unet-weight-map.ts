import { assertOption, type Raster } from '@segscape/core';
import {
  assertOptions,
  either,
  flag,
  notNegative,
  number,
  options as optionsOf,
  positive,
} from '@segscape/core/schema';
import { connectedComponents } from '@segscape/morphology';
import { assertMaskValues } from '../class-planes/label-values.js';
import * as shared from '../define/shared-options.js';
import { renumber, twoNearest } from './nearest-objects.js';
import { type WeightMap, weightMap } from './weight-map.js';

export interface UnetWeightMapOptions {
  /** Weight added where two objects touch. Default 10. */
  readonly w0?: number;
  /** Reach of that weight, in pixels. Default 5. */
  readonly sigma?: number;
  /** The map before borders are added: one weight per class, or `'balanced'` by how rare each class is (mean 1 over the pixels that count). Objects told apart are all of class 1. Default: all 1. */
  readonly classWeights?: 'balanced' | readonly number[];
  /** The mask's values tell objects apart; otherwise connected foreground is one object. Default false. */
  readonly instances?: boolean;
  /** Neighbours that connect an object, as in morphology's `connectedComponents`. Default 1: by edges. */
  readonly connectivity?: 1 | 2 | 3;
  /** Label value whose weight is 0. Default: none. */
  readonly ignoreIndex?: number;
}

export const unetWeightMapSchema = optionsOf<UnetWeightMapOptions>({
  w0: number('Weight added where two objects touch.', { default: 10, ...notNegative }),
  sigma: number('Its reach.', { default: 5, ...positive, unit: 'pixels' }),
  classWeights: either('The map before borders are added; without it 1.', [
    { type: 'string', enum: ['balanced'] },
    shared.classWeights,
  ]),
  instances: flag('The mask tells objects apart by value.', { default: false }),
  connectivity: shared.connectivity,
  ignoreIndex: shared.inputOptions.ignoreIndex,
});

/** Weight of each value of the mask before borders are added; where values tell objects apart, all are of class 1. */
function baseWeights(
  where: string,
  { data }: Raster,
  { classWeights, instances = false, ignoreIndex }: UnetWeightMapOptions,
): (value: number) => number {
  if (classWeights === undefined) return () => 1;
  const classOf = (value: number) => (instances ? Math.min(value, 1) : value);
  const counts = new Map<number, number>();
  for (const value of data)
    if (value !== ignoreIndex) counts.set(classOf(value), (counts.get(classOf(value)) ?? 0) + 1);
  if (classWeights !== 'balanced') {
    const last = Math.max(...counts.keys(), 0);
    const must = `have a weight for each class, here 0…${last}`;
    assertOption(last < classWeights.length, where, 'classWeights', classWeights, must);
    return (value) => classWeights[classOf(value)] as number;
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return (value) => all / (counts.size * (counts.get(classOf(value)) as number));
}

/**
 * U-Net's border weight map: a function from a mask to the weight of each pixel.
 *
 *     w(x) = w_class(x) + w0 · exp(-(d1(x) + d2(x))² / (2 sigma²))   in the background
 *
 * d1 and d2 are the distances to the nearest and the second nearest object, in pixels, so that the gaps between
 * objects that almost touch weigh most. Beyond six sigma the addition is left out: it is below single precision.
 *
 *     const loss = pixelWeighted(crossEntropy(), unetWeightMap({ w0: 10, sigma: 5 }));
 *
 * @param options `w0` and `sigma` in pixels, and class weights.
 * @returns a map of weights for a mask, `[height, width]`.
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Ronneberger, Fischer, Brox, 2015, equation 2. https://arxiv.org/abs/1505.04597
 */
export function unetWeightMap(options: UnetWeightMapOptions = {}): WeightMap {
  const where = 'unetWeightMap';
  assertOptions(where, options, unetWeightMapSchema);
  const { w0 = 10, sigma = 5, instances = false, connectivity = 1, ignoreIndex } = options;
  return weightMap(options, unetWeightMap, (mask) => {
    assertMaskValues(where, mask, ignoreIndex);
    const inside = (value: number) => value !== 0 && value !== ignoreIndex;
    const separate = Int32Array.from(mask.data, (value) => (inside(value) ? (instances ? value : 1) : 0));
    const { labels, count } = connectedComponents({ ...mask, data: separate }, { connectivity });
    const objects = instances ? renumber(separate) : { data: labels.data, count };
    const { first, second } = twoNearest(objects.data, objects.count, mask, Math.ceil(6 * sigma));
    const base = baseWeights(where, mask, options);
    const data = new Float32Array(mask.data.length);
    for (let at = 0; at < data.length; at++) {
      const value = mask.data[at]!;
      if (value === ignoreIndex) continue;
      const sum = value === 0 ? first[at]! + second[at]! : Number.POSITIVE_INFINITY;
      data[at] = base(value) + w0 * Math.exp(-(sum * sum) / (2 * sigma * sigma));
    }
    return { ...mask, data };
  });
}
