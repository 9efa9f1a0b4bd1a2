import { gaussianFilter } from '@segscape/augment';
import { ignoreLabel, type Raster } from '@segscape/core';
import type { PixelOffset } from '../mask-offset.js';

/** Pixels that are tried to each side, and the places that makes. */
const reach = 3;
const tried = 2 * reach + 1;
/** Moved and smoothed values lie no farther from a compared place. */
const margin = reach + 2;
/** Pixels about a boundary that are compared: edges say where a mask belongs, shading far from them does not. */
const band = 4;
/** Sides of what is looked at of a large plane. */
const longest = 1024;
/** Places of a plane that are compared at most; of more, evenly spaced ones. */
const mostCompared = 2 ** 17;

/** Squared, below which a mask has nothing to do with what its image shows. */
const leastCorrelation = 0.05;

/** A part of a plane. */
interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** Places next to another label, to the right or below, row by row. */
function boundariesOf(labels: Raster['data'], height: number, width: number): number[] {
  const places: number[] = [];
  for (let y = 0; y < height - 1; y++)
    for (let x = 0; x < width - 1; x++) {
      const at = y * width + x;
      if (labels[at] !== labels[at + 1] || labels[at] !== labels[at + width]) places.push(at);
    }
  return places;
}

/** Where to compare along a side: what lies about its boundaries, of a large side a part about the middle one. */
function partOf(first: number, middle: number, last: number, size: number): readonly [number, number] {
  const from = Math.max(margin, first - band + 1, middle - longest / 2);
  const to = Math.min(size - margin, last + band + 1, middle + longest / 2);
  return [from - margin, to - from + 2 * margin];
}

/** What of a plane is looked at; undefined without a boundary in it. */
function boxOf(boundaries: readonly number[], height: number, width: number): Box | undefined {
  if (boundaries.length === 0) return undefined;
  const middle = boundaries[boundaries.length >> 1]!;
  let [left, right] = [width, 0];
  for (const at of boundaries) [left, right] = [Math.min(left, at % width), Math.max(right, at % width)];
  const row = (at: number) => Math.floor(at / width);
  const [top, tall] = partOf(row(boundaries[0]!), row(middle), row(boundaries.at(-1)!), height);
  const [start, wide] = partOf(left, middle % width, right, width);
  return tall > 2 * margin && wide > 2 * margin ? { top, left: start, height: tall, width: wide } : undefined;
}

/** Of a class's share at some places with the values that the image has there once it is moved. */
function squaredCorrelation(
  places: readonly number[],
  share: Float32Array,
  values: Float32Array,
  back: number,
): number {
  let [sum, other, squares, otherSquares, products] = [0, 0, 0, 0, 0];
  for (const at of places) {
    const [s, v] = [share[at]!, values[at - back]!];
    sum += s;
    other += v;
    squares += s * s;
    otherSquares += v * v;
    products += s * v;
  }
  const count = places.length;
  const spread = (squares - sum ** 2 / count) * (otherSquares - other ** 2 / count);
  return spread > 0 ? (products - (sum * other) / count) ** 2 / spread : 0;
}

/** Adds, for every place that the image may be moved to, how well it then goes with one plane of the mask. */
function addScores(
  scores: Float64Array,
  image: Raster,
  mask: Raster,
  slice: number,
  ignoreIndex: number,
): void {
  const { height, width, channels } = image;
  const from = slice * height * width;
  const labels = mask.data.subarray(from, from + height * width);
  const boundaries = boundariesOf(labels, height, width);
  const box = boxOf(boundaries, height, width);
  if (box === undefined) return;
  const near = new Uint8Array(height * width);
  for (const at of boundaries) {
    const [x, low] = [at % width, Math.floor(at / width) - band + 1];
    for (let row = Math.max(0, low); row < Math.min(height, low + 2 * band); row++)
      near.fill(1, row * width + Math.max(0, x - band + 1), row * width + Math.min(width, x + band + 1));
  }
  const inPlane = (at: number) =>
    (box.top + Math.floor(at / box.width)) * width + box.left + (at % box.width);
  const places: number[] = [];
  for (let y = margin; y < box.height - margin; y++)
    for (let x = margin; x < box.width - margin; x++) {
      const at = y * box.width + x;
      if (near[inPlane(at)] === 1 && labels[inPlane(at)] !== ignoreIndex) places.push(at);
    }
  const step = Math.ceil(places.length / mostCompared);
  const compared = places.filter((_, i) => i % step === 0);
  const smoothed = (valueAt: (at: number) => number): Float32Array => {
    const { height, width } = box;
    const data = Float32Array.from({ length: height * width }, (_, at) => valueAt(inPlane(at)));
    // Edges as wide as a paraboloid needs to tell their place.
    return gaussianFilter({ data, height, width, channels: 1 }, { sigma: 1 }).data as Float32Array;
  };
  const classes = [...new Set(compared.map((at) => labels[inPlane(at)]!))];
  // Of two classes one says it all.
  const shares = classes
    .slice(classes.length === 2 ? 1 : 0)
    .map((label) => smoothed((at) => Number(labels[at] === label)));
  for (let c = 0; c < channels; c++) {
    const values = smoothed((at) => image.data[(from + at) * channels + c]!);
    for (let place = 0; place < scores.length; place++) {
      const back = (Math.floor(place / tried) - reach) * box.width + (place % tried) - reach;
      for (const share of shares)
        scores[place]! += squaredCorrelation(compared, share, values, back) / shares.length;
    }
  }
}

/**
 * How far the image of a sample is to be moved, down and to the right, for its edges to lie where those of its mask do: the place of
 * the largest sum of squared correlations of the classes with the channels about the boundaries, between pixels by a paraboloid.
 * Pixels of the label `ignoreIndex` say nothing. Undefined where there is no boundary, where none of the places within three pixels
 * fits best, or where no class shows.
 */
export function offsetOf(image: Raster, mask: Raster, ignoreIndex = ignoreLabel): PixelOffset | undefined {
  const scores = new Float64Array(tried * tried);
  for (let slice = 0; slice < (image.depth ?? 1); slice++) addScores(scores, image, mask, slice, ignoreIndex);
  let best = 0;
  for (const [place, score] of scores.entries()) if (score > scores[best]!) best = place;
  const [row, column] = [Math.floor(best / tried), best % tried];
  const inside = [row, column].every((at) => at > 0 && at < tried - 1);
  if (!inside || scores[best]! < leastCorrelation) return undefined;
  const between = summitOf((dy, dx) => scores[best + dy * tried + dx]!);
  return between && [row - reach + between[0], column - reach + between[1]];
}

/** Where the paraboloid through a largest value and its eight neighbours is highest, at most a pixel away; undefined of a ridge. */
function summitOf(at: (dy: number, dx: number) => number): PixelOffset | undefined {
  const slope = [(at(1, 0) - at(-1, 0)) / 2, (at(0, 1) - at(0, -1)) / 2] as const;
  const bend = [at(1, 0) - 2 * at(0, 0) + at(-1, 0), at(0, 1) - 2 * at(0, 0) + at(0, -1)] as const;
  const twist = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4;
  const determinant = bend[0] * bend[1] - twist ** 2;
  // Edges of one direction alone tell nothing along themselves.
  if (!(determinant > 0)) return undefined;
  const limit = (along: number) => Math.max(-1, Math.min(1, along));
  return [
    limit((twist * slope[1] - bend[1] * slope[0]) / determinant),
    limit((twist * slope[0] - bend[0] * slope[1]) / determinant),
  ];
}
