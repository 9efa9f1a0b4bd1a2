import { assertOption, type Raster } from '@segscape/core';
import { connectedComponents, distanceTransform } from '@segscape/morphology';
import { assertOptions } from './check-options.js';
import { assertMaskValues } from './label-values.js';
import {
  flag,
  ignoreIndex as ignoreSchema,
  notNegative,
  number,
  type OptionSchemas,
  positive,
  classWeights as weightsSchema,
  wholeNumber,
} from './option-schemas.js';

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

export const weightMapSchemas: OptionSchemas = {
  w0: number('Weight added where two objects touch.', 10, notNegative),
  sigma: number('Its reach, in pixels.', 5, positive),
  classWeights: {
    anyOf: [{ type: 'string', enum: ['balanced'] }, weightsSchema],
    description: 'The map before borders are added.',
  },
  instances: flag('The mask tells objects apart by value.', false),
  connectivity: wholeNumber('How many axes may differ between neighbours.', 1, { minimum: 1, maximum: 3 }),
  ignoreIndex: ignoreSchema,
};

interface Box {
  readonly low: number[];
  readonly high: number[];
}

/** Sizes as `[depth, height, width]`. */
const sizesOf = ({ depth = 1, height, width }: Raster) => [depth, height, width];

/** Smallest box around each object. */
function boxesOf(objects: Int32Array, count: number, sizes: readonly number[]): Box[] {
  const boxes = Array.from({ length: count }, () => ({ low: [...sizes], high: [0, 0, 0] }));
  const [, height, width] = sizes as [number, number, number];
  for (let at = 0; at < objects.length; at++) {
    const box = boxes[objects[at]! - 1];
    if (box === undefined) continue;
    [Math.floor(at / (width * height)), Math.floor(at / width) % height, at % width].forEach(
      (place, axis) => {
        box.low[axis] = Math.min(box.low[axis]!, place);
        box.high[axis] = Math.max(box.high[axis]!, place);
      },
    );
  }
  return boxes;
}

/** Distances to the nearest and second nearest object, infinite where they exceed the reach. */
function twoNearest(objects: Int32Array, count: number, raster: Raster, reach: number) {
  const sizes = sizesOf(raster);
  const [, height, width] = sizes as [number, number, number];
  const first = new Float32Array(objects.length).fill(Number.POSITIVE_INFINITY);
  const second = first.slice();
  boxesOf(objects, count, sizes).forEach((box, index) => {
    const low = box.low.map((place) => Math.max(0, place - reach));
    const high = box.high.map((place, axis) => Math.min(sizes[axis]! - 1, place + reach));
    const extent = high.map((place, axis) => place - low[axis]! + 1) as [number, number, number];
    const data = new Uint8Array(extent[0] * extent[1] * extent[2]);
    const places = new Int32Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const x = (i % extent[2]) + low[2]!;
      const y = (Math.floor(i / extent[2]) % extent[1]) + low[1]!;
      const z = Math.floor(i / (extent[2] * extent[1])) + low[0]!;
      places[i] = (z * height + y) * width + x;
      data[i] = objects[places[i]!] === index + 1 ? 0 : 1;
    }
    const [depth, boxHeight, boxWidth] = extent;
    const region = { data, depth, height: boxHeight, width: boxWidth, channels: 1 };
    const distances = distanceTransform(region).data;
    for (let i = 0; i < data.length; i++) {
      const [at, distance] = [places[i]!, distances[i]!];
      if (distance < first[at]!) {
        second[at] = first[at]!;
        first[at] = distance;
      } else if (distance < second[at]!) second[at] = distance;
    }
  });
  return { first, second };
}

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
 * @throws {SegscapeError} `BAD_OPTION`; when called, `SHAPE_MISMATCH`.
 * @see Ronneberger, Fischer, Brox, 2015, equation 2. https://arxiv.org/abs/1505.04597
 */
export function unetWeightMap(options: UnetWeightMapOptions = {}): (mask: Raster) => Raster {
  const where = 'unetWeightMap';
  assertOptions(where, options, weightMapSchemas);
  const { w0 = 10, sigma = 5, instances = false, connectivity = 1, ignoreIndex } = options;
  return (mask) => {
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
  };
}

/** Object values as 1, 2, … */
function renumber(values: Int32Array): { data: Int32Array; count: number } {
  const names = new Map<number, number>();
  const data = values.map((value) => {
    if (value === 0) return 0;
    if (!names.has(value)) names.set(value, names.size + 1);
    return names.get(value) as number;
  });
  return { data, count: names.size };
}
